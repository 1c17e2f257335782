#!/bin/sh
# Runs parity.py in a virtual environment of its own, made on first use; arguments are passed on.
# SCRIPT=convert.py runs that instead.
# PYTHON=/path/to/python uses an interpreter that has the packages already.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
if [ -z "${PYTHON:-}" ]; then
    environment="$root/.venv-parity"
    PYTHON="$environment/bin/python"
    if [ ! -e "$environment/complete" ]; then
        python3 -m venv "$environment"
        # PyTorch's own index has builds without CUDA; where it can't be reached, pip goes on without it.
        "$PYTHON" -m pip install --quiet --retries 1 \
            --extra-index-url https://download.pytorch.org/whl/cpu --requirement "$here/requirements.txt"
        touch "$environment/complete"
    fi
fi
exec "$PYTHON" "$here/${SCRIPT:-parity.py}" --root "$root" "$@"
