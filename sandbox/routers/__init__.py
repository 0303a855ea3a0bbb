"""One module a platform: its paths, parameters, paging, headers and error bodies."""
