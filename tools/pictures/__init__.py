"""Pictures of what users see on the platform, drawn from the definitions so that they stay current.

`python -m tools.pictures` draws the forms and the case. `python -m tools.pictures widgets` draws the widgets, which
needs Chromium.
"""
