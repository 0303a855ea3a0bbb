-- What: the window is one row, and its days follow each other: history, posts, messages, the newest data.
-- Why: every model that computes from a day on joins it, so a second row would double everything; and account-days take
-- their conversations from the day of the posts on, so messages must not be computed further back than they.
-- A returned row is a window that breaks this.
select *
from (
    select
        *,
        count(*) over () as row_count
    from {{ ref('stg_landing__window') }}
) as windows
where row_count > 1
    or (history_from_date <= posts_from_date and posts_from_date <= messages_from_date) is not true
    or data_as_of_utc is null
