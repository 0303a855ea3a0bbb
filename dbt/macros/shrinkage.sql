{#
    METHOD 1: how far a figure of few is drawn towards that of all forces compared. The forces' true figures are taken for
    a beta (of proportions) or a gamma distribution (of rates) round the pooled figure m; its spread is fitted by moments,
    each force weighted by its exposure E (of a proportion n): J. C. Kleinman, Proportions with extraneous variance, JASA
    68 (1973), pages 46 to 54, and for counts the same argument. With k forces, chi2 = Σ E (p − m)² / v, v being m (1 − m)
    of a proportion and m of a rate, and D = ΣE − ΣE² / ΣE:

        E[chi2] = k − 1 + ρ (D − (k − 1))   of proportions, ρ being the correlation within a force: prior size 1/ρ − 1
        E[chi2] = k − 1 + (A / m) D         of rates, A being the variance between forces: prior size m / A

    The prior size is the exposure for which the crowd counts beside a force's own.
#}

{# Null where forces differ by no more than chance: then the crowd is all that counts. #}
{% macro prior_size(is_proportion, chi2, count, free) -%}
case
        when {{ chi2 }} > {{ count }} - 1
            then greatest(0, {{ free }} - case when {{ is_proportion }} then {{ chi2 }} else 0 end)
                / ({{ chi2 }} - ({{ count }} - 1))
    end
{%- endmacro %}

{# The mean of the posterior distribution: (size × m + x) / (size + E). #}
{% macro shrunk(events, exposure, pooled, size) -%}
case
        when {{ size }} is null then {{ pooled }}
        else ({{ size }} * {{ pooled }} + {{ events }}) / ({{ size }} + {{ exposure }})
    end
{%- endmacro %}
