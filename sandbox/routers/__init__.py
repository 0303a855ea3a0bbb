"""One module a platform: its paths, parameters, paging, headers and error bodies.

`<name>.py` with `routes(context)` answers below /<name>, found by that name; `<name>_views.py` says how its
things look.
"""

from pkgutil import iter_modules

#: Everything that answers, and so can be made to fail.
NAMES = sorted(module.name for module in iter_modules(__path__) if not module.name.endswith("_views"))
