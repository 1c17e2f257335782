#!/bin/sh
# Runs SCRIPT (bench.py unless told) with a Python environment, a full-size checkpoint with random weights and exported
# graphs, all made on first use in .venv-bench and .build-bench; arguments are passed on.
#
#   PYTHON=/path/to/python       uses an interpreter that has the packages of requirements.txt already
#   CHECKPOINT=/path/to/folder   uses another checkpoint of the size of rd64-refined
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/.." && pwd)
work="${WORK:-$root/.build-bench}"
if [ -z "${PYTHON:-}" ]; then
    environment="$root/.venv-bench"
    PYTHON="$environment/bin/python"
    if [ ! -e "$environment/complete" ]; then
        python3 -m venv "$environment"
        # PyTorch's own index has builds without CUDA; where it can't be reached, pip goes on without it.
        "$PYTHON" -m pip install --quiet --retries 1 \
            --extra-index-url https://download.pytorch.org/whl/cpu --requirement "$here/requirements.txt"
        touch "$environment/complete"
    fi
fi
if [ -z "${CHECKPOINT:-}" ]; then
    CHECKPOINT="$work/checkpoints/rd64-refined"
    mkdir -p "$work/checkpoints"
    PYTHONPATH="$root/Tests/Parity" "$PYTHON" -c \
        'import checkpoints, sys; checkpoints.build(sys.argv[1], ["rd64-refined"])' "$work/checkpoints"
fi
if [ ! -e "$work/graphs/complete" ]; then
    "$PYTHON" "$here/export_graphs.py" "$CHECKPOINT" "$work/graphs"
    touch "$work/graphs/complete"
fi
exec "$PYTHON" "$here/${SCRIPT:-bench.py}" --checkpoint "$CHECKPOINT" --work "$work" "$@"
