"""A computer without any data."""

import pytest

from nnlib.data import places


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty home, course, cache and current folder (the course's notebooks)."""
    for name in ("home", "course/data", "course/notebooks", "given", "environment"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("NNLIB_DATA", "KERAS_HOME", "NNLIB_OFFLINE", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.setattr(places, "course_folder", lambda: tmp_path / "course")
    monkeypatch.setattr(places, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.chdir(tmp_path / "course" / "notebooks")
    return tmp_path
