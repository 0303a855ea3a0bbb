"""Landing: pulled for a day, written once as Parquet, never changed. See docs/landing.md."""
