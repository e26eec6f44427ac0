"""Fit the model that params.yaml describes on some months, and keep it.

python fit.py 2013-01 2013-02
"""

import sys
from pathlib import Path

import joblib
import yaml
from model import fit, read

if __name__ == "__main__":
    params = yaml.safe_load(Path("params.yaml").read_text())
    flights = read(Path("data"), sys.argv[1:], params["rows"])
    joblib.dump(fit(flights, params["model"]), "model.joblib")
    print(f"fitted on {len(flights):,} flights")
