"""The warehouse file that dbt builds: beside, swapped in whole. The SQL is in dbt/."""
