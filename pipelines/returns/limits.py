"""How much of a file Beatbook takes, in one place. A return of a force is far below each of these.

Here: numbers. Not here: what is said when one is passed (the readers, check.py).
"""

MAX_BYTES = 200 * 2**20  # the file as it lies on disk
MAX_XLS_BYTES = 30 * 2**20  # an old workbook is read whole; its sheets end at row 65,536
MAX_UNPACKED_BYTES = 2**28  # everything inside a workbook or a zip archive together
MAX_TEXTS_BYTES = 48 * 2**20  # a workbook's table of texts, which is held in memory
MAX_PART_BYTES = 4 * 2**20  # its list of sheets and its styles, likewise
MAX_PACKING = 100  # a workbook shrinks 5 to 50 times; one that shrinks more is a trap
MAX_SHEETS = 100
MAX_ROWS = 1_000_000
MAX_COLUMNS = 1_000
MAX_CELLS = 10_000_000  # of a sheet of a workbook
MAX_LINE = 2**20  # characters in one line of a CSV file
MAX_PROBLEMS = 1_000
LAST_ROW = 1_048_576  # of any sheet that Excel can hold
BATCH_ROWS = 10_000  # what is held in memory at a time
