"""The workload by KCL, in process: `python kcl_app.py FOLDER OUTPUT_FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from kcl_lib import api  # type: ignore[import-untyped]  # it has no types


def main(folder: str, output: str) -> None:
    """Run the program of a folder, and write what it renders."""
    files = [str(file) for file in sorted(Path(folder).glob("*.k"))]
    result = api.API().exec_program(api.ExecProgramArgs(k_filename_list=files))
    if result.err_message:
        sys.exit(result.err_message)
    Path(output, "objects.yaml").write_text(result.yaml_result, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
