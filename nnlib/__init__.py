# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Helpers of a hands-on course in neural-network foundations.

Import the part that you need: `nnlib.data`, `nnlib.models`, `nnlib.training`, `nnlib.plotting`,
`nnlib.checks`, `nnlib.diagnosis`. Each stands alone: copy its folder into your own project and it works there.
"""
