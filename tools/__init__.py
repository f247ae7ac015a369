"""What builds the notebooks and the pictures of the course. Not part of the package that is installed."""
