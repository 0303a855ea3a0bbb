"""The pages over a release: each a path, a template, and what it asks the release.

Belongs here: which pages there are. Does not belong here: figures (pipelines/release), how they look
(templates/).
"""

from portal.pages import compare, data, forces, indicators, method, national, questions, releases, sheet
from portal.pages.page import Page

PAGES = [
    *national.PAGES,
    *indicators.PAGES,
    *forces.PAGES,
    *sheet.PAGES,
    *compare.PAGES,
    *questions.PAGES,
    *data.PAGES,
    *releases.PAGES,
    *method.PAGES,
]

__all__ = ["PAGES", "Page"]
