"""Judge the kept model on a month that it has not seen.

python judge.py 2013-06
"""

import json
import sys
from pathlib import Path

import joblib
import yaml
from model import chances, judge, read

from mlops_landscape.flights import TARGET

if __name__ == "__main__":
    params = yaml.safe_load(Path("params.yaml").read_text())
    flights = read(Path("data"), sys.argv[1:])
    chance = chances(joblib.load("model.joblib"), flights)
    metrics = judge(flights[TARGET], chance, params["costs"])
    Path("metrics.json").write_text(json.dumps(metrics, indent=2) + "\n")
    print(f"judged on {len(flights):,} flights")
