"""The same figures for programs: JSON under /api/v1, described by OpenAPI at /api/v1/openapi.json.

Belongs here: addresses, paging, types. Does not belong here: figures (the release's tables), who may ask
(access/).

Every answer is of one release and says which; `release=official`, `release=working` or an id asks for one.
A release never changes, so the ETag is that of the release and the question, and `If-None-Match` is answered
with 304.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, FastAPI, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, BeforeValidator

from pipelines.release.opened import rows_of
from pipelines.release.periods import NotFoundError
from pipelines.release.published import DamagedReleaseError
from portal.library import Library, Shelf
from portal.switch import shelf_of

MOST_ROWS = 1_000
#: What a list can be narrowed by; each is a column of the table.
FILTERS = ("indicator_id", "area_id", "platform", "account_scope", "period_type")

Row = TypeVar("Row", bound=BaseModel)


def _is_day(text: str) -> str:
    """A day as 2026-10-31; pydantic would take a number too, for seconds since 1970."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError("a day is written as 2026-10-31")
    return text


Day = Annotated[date, BeforeValidator(_is_day)]


class Rows(BaseModel, Generic[Row]):
    """A page of rows. `next`: the address of the page after it."""

    release_id: str
    release_label: str
    is_invented: bool
    count: int
    next: str | None
    items: list[Row]


class ReleaseInfo(BaseModel):
    """What release.json says of the release that is served."""

    release_id: str
    release_label: str
    data_as_of_utc: str
    created_at_utc: str
    is_invented: bool
    note: str
    value_count: int
    definitions_version: str
    revises: str


class Indicator(BaseModel):
    indicator_id: str
    indicator_version: int
    name: str
    why_it_matters: str
    numerator: str
    denominator: str
    unit: str
    polarity: str
    caveats: str


class Area(BaseModel):
    area_id: str
    area_name: str
    area_type: str


class Cell(BaseModel):
    """What a figure is about. `platform` is `all` where it is of all platforms together."""

    indicator_id: str
    area_id: str
    platform: str
    account_scope: str
    period_type: str
    period_start: date
    period_end: date


class Value(Cell):
    """A row of bench_values. Without a value, `value_note` says why."""

    indicator_version: int
    numerator: float | None
    denominator: float | None
    n: int | None
    effective_n: float | None
    design_effect: float | None
    value: float | None
    unit: str
    ci95_low: float | None
    ci95_high: float | None
    value_note: str | None
    note_detail: str | None
    is_provisional: bool
    is_break: bool


class Comparison(Cell):
    """A row of bench_comparisons: against the other forces together."""

    value: float | None
    all_forces_value: float | None
    others_value: float | None
    rank: int | None
    ranked_of: int | None
    percentile: float | None
    verdict: str | None
    verdict_confidence: float | None


class Asked(BaseModel):
    """What a list is narrowed by, and which page of it."""

    indicator_id: str | None = None
    area_id: str | None = None
    platform: str | None = None
    account_scope: str | None = None
    period_type: str | None = None
    period_from: date | None = None  # period_start on or after it
    period_until: date | None = None  # period_start on or before it
    limit: int = MOST_ROWS
    offset: int = 0


def asked(
    indicator_id: str | None = None,
    area_id: str | None = None,
    platform: str | None = None,
    account_scope: str | None = None,
    period_type: str | None = None,
    period_from: Day | None = None,
    period_until: Day | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST_ROWS)] = MOST_ROWS,
    offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
) -> Asked:
    """What stands in the address."""
    return Asked(
        indicator_id=indicator_id,
        area_id=area_id,
        platform=platform,
        account_scope=account_scope,
        period_type=period_type,
        period_from=period_from,
        period_until=period_until,
        limit=limit,
        offset=offset,
    )


def build_api(library: Library) -> FastAPI:
    """The application below /api/v1."""
    api = FastAPI(title="Beatbook", version="1", docs_url=None, redoc_url=None, description=__doc__ or "")
    api.add_exception_handler(NotFoundError, _said(404))
    api.add_exception_handler(DamagedReleaseError, _said(503))
    wanted = Annotated[Asked, Depends(asked)]

    def answer(request: Request, make: Callable[[Shelf], BaseModel]) -> Response:
        shelf = shelf_of(request, library)
        key = f"{request.url.path}?{request.url.query}"
        about = f"{shelf.release.release_id} {shelf.release.label} {key}"
        tag = f'"{hashlib.sha256(about.encode()).hexdigest()[:32]}"'
        headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
        if tag in {
            one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")
        }:
            return Response(status_code=304, headers=headers)
        body = shelf.kept(f"api {key}", lambda connection: make(shelf).model_dump_json().encode())
        return Response(body, media_type="application/json", headers=headers)

    @api.get("/release", response_model=ReleaseInfo)
    def release(request: Request) -> Response:
        """Which release the figures are of."""
        return answer(
            request,
            lambda shelf: ReleaseInfo(**asdict(shelf.release), release_label=shelf.release.label),
        )

    @api.get("/indicators", response_model=Rows[Indicator])
    def indicators(request: Request) -> Response:
        """Every indicator with its definition."""
        return answer(request, lambda shelf: _rows(request, shelf, Indicator, "dim_indicator", "position"))

    @api.get("/areas", response_model=Rows[Area])
    def areas(request: Request) -> Response:
        """Every force and group of forces."""
        return answer(
            request, lambda shelf: _rows(request, shelf, Area, "dim_area", "area_type, position, area_id")
        )

    @api.get("/values", response_model=Rows[Value])
    def values(request: Request, asked: wanted) -> Response:
        """Values with their uncertainty, or why there is none."""
        return answer(request, lambda shelf: _cells(request, shelf, Value, "bench_values", asked))

    @api.get("/comparisons", response_model=Rows[Comparison])
    def comparisons(request: Request, asked: wanted) -> Response:
        """Each force against the others."""
        return answer(request, lambda shelf: _cells(request, shelf, Comparison, "bench_comparisons", asked))

    return api


def _rows(request: Request, shelf: Shelf, model: type[Row], table: str, order: str) -> Rows[Row]:
    sql = f"select {', '.join(model.model_fields)} from {table} order by {order}"
    found = rows_of(shelf.release, shelf.connection.cursor(), sql)
    return _page(shelf, model, found, len(found), None)


def _cells(request: Request, shelf: Shelf, model: type[Row], table: str, asked: Asked) -> Rows[Row]:
    parameters: dict[str, Any] = {
        name: value for name in FILTERS if (value := getattr(asked, name)) is not None
    }
    where = [f"{name} = ${name}" for name in parameters]
    for name, comparison in (("period_from", ">="), ("period_until", "<=")):
        if (day := getattr(asked, name)) is not None:
            where.append(f"period_start {comparison} ${name}")
            parameters[name] = day
    key = ", ".join(Cell.model_fields)
    sql = f"from {table}" + (f" where {' and '.join(where)}" if where else "")
    cursor = shelf.connection.cursor()
    [total] = rows_of(shelf.release, cursor, f"select count(*) as count {sql}", parameters)
    found = rows_of(
        shelf.release,
        cursor,
        f"select {', '.join(model.model_fields)} {sql} order by {key} limit $limit offset $offset",
        parameters | {"limit": asked.limit, "offset": asked.offset},
    )
    after = asked.offset + len(found)
    following = (
        # Without the host, which is whatever the caller says.
        f"{request.url.path}?{request.url.include_query_params(offset=after).query}"
        if found and after < total["count"]
        else None
    )
    return _page(shelf, model, found, total["count"], following)


def _page(
    shelf: Shelf, model: type[Row], found: list[dict[str, Any]], count: int, following: str | None
) -> Rows[Row]:
    return Rows[model](  # type: ignore[valid-type]
        release_id=shelf.release.release_id,
        release_label=shelf.release.label,
        is_invented=shelf.release.is_invented,
        count=count,
        next=following,
        items=[model(**row) for row in found],
    )


def _said(status: int) -> Callable[[Request, Exception], Response]:
    def answer(request: Request, error: Exception) -> Response:
        return JSONResponse({"detail": str(error)}, status)

    return answer
