"""Writes the tables of a Tandem history as Parquet, for the peers: parquet.py HISTORY FOLDER."""

import glob
import os
import sys

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

COLUMNS = {
    "touches": ["id", "company", "at", "channel"],
    "leads": ["id", "company", "source", "opened_at"],
    "transitions": ["id", "lead", "stage", "at"],
    "deals": ["id", "company", "lead", "amount_minor"],
    "deal_transitions": ["id", "deal", "stage", "at"],
}
ROWS_PER_GROUP = 1 << 20


def main(history, folder):
    os.makedirs(folder, exist_ok=True)
    for table, wanted in COLUMNS.items():
        (path,) = glob.glob(os.path.join(history, f"{table}-*.arrow"))
        with pa.memory_map(path) as source, pa.ipc.open_file(source) as reader:
            names = [name for name in reader.schema.names if name in wanted]
            columns = pa.Table.from_batches([reader.get_batch(i) for i in range(reader.num_record_batches)]).select(names)
            pq.write_table(columns, os.path.join(folder, f"{table}.parquet"), row_group_size=ROWS_PER_GROUP)
            print(table, columns.num_rows, names)


main(*sys.argv[1:])
