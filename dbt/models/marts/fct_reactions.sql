{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget_from('created_date', 'posts_from_date') }}"
) }}

-- METHOD 5: a post's reactions by sort at seven days are those of the first observation so old, while it is not yet
-- late. Of posts whose platform tells the sorts apart, and that a return told of.
{% set counts = [] %}
{% for reaction in var('reactions') %}{% do counts.append(reaction ~ '_reaction_count') %}{% endfor %}
with age as (
    select
        max(case when age = '7d' then age_hours * 3600 end) as from_7d,
        max(case when age = '7d' then late_after_hours * 3600 end) as late_7d
    from {{ ref('post_ages') }}
),

valued as (
    select
        reactions.account_id,
        reactions.platform,
        reactions.post_id,
        reactions.created_date,
        {{ value_at_min(together(counts), 'reactions.age_seconds') }} as at_7d,
        min(reactions.age_seconds) as age_seconds
    from {{ ref('int_reactions__returned') }} as reactions
    inner join age
        on reactions.age_seconds >= age.from_7d and reactions.age_seconds <= age.late_7d
    group by reactions.account_id, reactions.platform, reactions.post_id, reactions.created_date
)

select
    account_id,
    platform,
    post_id,
    created_date,
    {% for count in counts %}
    at_7d.{{ count }} as {{ count }}_7d,
    {% endfor %}
    age_seconds,
    {{ is_invented() }} as is_invented
from valued
where created_date >= (select posts_from_date from {{ ref('stg_landing__window') }})
order by created_date, account_id, post_id
