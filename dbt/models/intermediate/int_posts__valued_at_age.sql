-- METHOD 5: the counter at an age is the first snapshot at that age or older, while it is not yet late.
-- A repost's counters belong to somebody else's post.
with snapshots as (
    select
        *,
        lag(age_seconds) over (partition by account_id, post_id order by age_seconds, run_id) as previous_age_seconds
    from {{ ref('int_posts__unioned') }}
    where kind <> 'repost' and age_seconds >= 0
),

posts as (
    select
        account_id,
        post_id,
        max(platform) as platform,
        max(force_id) as force_id,
        max(kind) as kind,
        min(created_at_utc) as created_at_utc
    from snapshots
    group by account_id, post_id
),

firsts as (
    select
        snapshots.*,
        ages.age,
        snapshots.age_seconds <= ages.late_after_hours * 3600 as is_in_time
    from snapshots
    inner join {{ ref('post_ages') }} as ages
        on snapshots.age_seconds >= ages.age_hours * 3600
            and coalesce(snapshots.previous_age_seconds < ages.age_hours * 3600, true)
),

final as (
    select
        posts.platform,
        posts.force_id,
        posts.account_id,
        posts.post_id,
        posts.kind,
        posts.created_at_utc,
        ages.age,
        {% for counter in post_counters() %}
        case when firsts.is_in_time then firsts.{{ counter }} end as {{ counter }},
        {% endfor %}
        case when firsts.is_in_time then firsts.pulled_at_utc end as valued_at_utc,
        case
            when firsts.is_in_time then null
            when firsts.post_id is not null then 'late'
            when {{ seconds_between('posts.created_at_utc', 'clock.data_as_of_utc') }}
                <= ages.late_after_hours * 3600 then 'provisional'
            else 'not_collected'
        end as value_note
    from posts
    cross join {{ ref('post_ages') }} as ages
    cross join {{ ref('int_data__as_of') }} as clock
    left join firsts
        on posts.account_id = firsts.account_id
            and posts.post_id = firsts.post_id
            and ages.age = firsts.age
)

select * from final
