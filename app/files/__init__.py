"""Files of leads, from the bytes that come in to the cells of one row.

Whatever is uploaded becomes, while it streams in, plain text whose line ends and delimiters are
single bytes, and only that is stored. So reading can begin wherever a record does, which is how an
interrupted import goes on.
"""

import csv

# A limit of the whole process, on one cell; ours is on whole records.
csv.field_size_limit(8 * 1024 * 1024)
