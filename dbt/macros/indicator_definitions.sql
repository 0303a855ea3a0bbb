{#
    Every indicator: what it is, where it applies, how sure it is, who checked it. To add one, add a definition
    here and a model bench_<indicator_id> beside the others; nothing else needs to know.
    `metrics` are names of the platform_metrics seed; `metric_rule` says whether a platform must have all or any.
    `checked_by` is empty until a named person outside the build has checked the definition.
#}
{% macro indicator_definitions() %}
{% set text %}
- indicator_id: followers_per_1k
  version: "1"
  name: Followers per 1,000 residents
  why_it_matters: The standing audience on a platform is whom a warning can reach at once.
  numerator: Followers of all the force's open accounts on the platform at the end of the period
  denominator: Residents of the force area, mid-year estimate of the period's year or the latest before it
  unit: followers per 1,000 residents
  multiplier: 1000
  polarity: higher_is_better
  is_per_head: true
  platforms: &every_platform [bluesky, facebook, instagram, linkedin, mastodon, nextdoor, threads, tiktok, whatsapp, x, youtube]
  entity: profiles
  metrics: [follower_count]
  metric_rule: all
  interval_method: none
  minimum_n: 1
  caveats: >-
    One person who follows two accounts counts twice, so platforms are never added up. Followers need not live in
    the area, so values over 1,000 are possible. YouTube rounds its counts.
- indicator_id: posts_per_account_week
  version: "1"
  name: Posts per account per week
  why_it_matters: An account that does not post is a line that nobody answers.
  numerator: Posts made in the period, without replies and reposts
  denominator: Days on which the force's accounts were open on the platform (multiplied by 7, accounts × weeks)
  unit: posts per account per week
  multiplier: 7
  polarity: none
  is_per_head: false
  platforms: *every_platform
  entity: posts
  metrics: &any_post_counter [like_count, comment_count, share_count, view_count, impression_count]
  metric_rule: any
  interval_method: byar
  minimum_n: 1
  caveats: More posts are not better posts. Posts deleted before they were first pulled are not known.
- indicator_id: views_7d_per_1k
  version: "1"
  name: Video views at seven days per 1,000 residents
  why_it_matters: What was watched, compared at the same age, so that older videos have no head start.
  numerator: Views that the period's videos had at seven days
  denominator: Residents of the force area, mid-year estimate of the period's year or the latest before it
  unit: views per 1,000 residents
  multiplier: 1000
  polarity: higher_is_better
  is_per_head: true
  platforms: [youtube]
  entity: posts
  metrics: [view_count]
  metric_rule: all
  interval_method: none
  minimum_n: 0
  caveats: >-
    Views are not people, and one video can be most of a week. YouTube counts Shorts differently since 31 March 2025.
    Up to a tenth of the videos may be without a 7-day value; they are left out and the detail says so.
- indicator_id: engagements_per_1k
  version: "1"
  name: Engagements at seven days per 1,000 residents
  why_it_matters: Reactions show that posts are read and passed on, and not only published.
  numerator: Likes, comments, shares and quotes of the period's posts at seven days, those of them that the platform has
  denominator: Residents of the force area, mid-year estimate of the period's year or the latest before it
  unit: engagements per 1,000 residents
  multiplier: 1000
  polarity: none
  is_per_head: true
  platforms: *every_platform
  entity: posts
  metrics: [like_count, comment_count, share_count, quote_count]
  metric_rule: any
  interval_method: none
  minimum_n: 0
  caveats: >-
    Platforms count different things, so values compare forces on one platform and never platforms. Anger engages too.
    A post of which one counter is not reported has no value; it does not count as zero.
- indicator_id: shares_per_post
  version: "1"
  name: Shares per post at seven days
  why_it_matters: Sharing is how a warning or an appeal travels beyond the followers.
  numerator: Shares that the period's posts had at seven days
  denominator: The period's posts with a count of shares at seven days
  unit: shares per post
  multiplier: 1
  polarity: none
  is_per_head: false
  platforms: *every_platform
  entity: posts
  metrics: [share_count]
  metric_rule: all
  interval_method: none
  minimum_n: 1
  caveats: Shares cascade, so one emergency can be most of a month. No interval is shown, since shares are not independent.
- indicator_id: answered_1h_pct
  version: "1"
  name: Answered within one hour
  why_it_matters: People who ask in public expect an answer while the matter is still at hand.
  numerator: &answered Conversations whose first reply by a person came within the time
  denominator: &opened All conversations that the public opened in the period, unanswered ones included
  unit: "%"
  multiplier: 100
  polarity: higher_is_better
  is_per_head: false
  platforms: &message_platforms [all, bluesky, facebook, instagram, linkedin, mastodon, threads, tiktok, x, youtube]
  entity: messages
  metrics: [public_message]
  metric_rule: all
  horizon_seconds: 3600
  interval_method: wilson
  minimum_n: 10
  caveats: &response_caveats >-
    Public messages only. Elapsed time, nights included. Not every message needs an answer. While some messages have
    not been followed long enough the value is 1 − Kaplan–Meier with log-log limits, and provisional. The nation pools
    the messages of all forces, those with too few to be shown included.
- indicator_id: answered_24h_pct
  version: "1"
  name: Answered within 24 hours
  why_it_matters: An answer a day later still shows that the account is read.
  numerator: *answered
  denominator: *opened
  unit: "%"
  multiplier: 100
  polarity: higher_is_better
  is_per_head: false
  platforms: *message_platforms
  entity: messages
  metrics: [public_message]
  metric_rule: all
  horizon_seconds: 86400
  interval_method: wilson
  minimum_n: 10
  caveats: *response_caveats
- indicator_id: median_first_reply_seconds
  version: "1"
  name: Median time to the first reply
  why_it_matters: The wait of the typical person, with those who never got an answer still counted as waiting.
  numerator: Not a ratio. The time by which half of the conversations were answered (Kaplan–Meier)
  denominator: *opened
  unit: seconds
  multiplier: 1
  polarity: lower_is_better
  is_per_head: false
  platforms: *message_platforms
  entity: messages
  metrics: [public_message]
  metric_rule: all
  interval_method: kaplan_meier_log_log
  minimum_n: 20
  caveats: >-
    Public messages only. Elapsed time, nights included. "not_reached" means that fewer than half were answered while
    they were followed. An empty upper limit means that the limit is not reached.
{% endset %}
{{ return(fromyaml(text)) }}
{% endmacro %}

{% macro indicator_definition(indicator_id) %}
{{ return((indicator_definitions() | selectattr('indicator_id', 'equalto', indicator_id) | list)[0]) }}
{% endmacro %}
