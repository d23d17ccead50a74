"""How much a spreadsheet of people may be. Standard library alone: the child that reads imports nothing else."""

MB = 2**20
MOST_BYTES = 20 * MB  # as sent; 100,000 rows of 12 columns have 7
MOST_ROWS = 100_000
MOST_COLUMNS = 60
MOST_UNPACKED = 400 * MB  # of the parts that are read, counted while unpacking
MOST_DECLARED = 1024 * MB  # of all parts, as the archive says itself
MOST_PARTS = 2_000
MOST_PART = 2 * MB  # the list of sheets, and what it points to
MOST_ROW = 2 * MB  # the XML of one row, a line of CSV
MOST_CELL = 1_000  # characters; what is longer is cut, and refused wherever it matters
MOST_TEXTS = 1_500_000  # shared strings
MOST_SHARED = 48 * MB  # characters of them together
MOST_TOLD = 64 * MB  # characters that the child may say
MEMORY = 300 * MB  # of addresses, for the child
SECONDS = 9  # of computing
PATIENCE = 10.0  # seconds until the child is ended
