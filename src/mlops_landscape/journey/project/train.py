"""Train the champion as the parameters say, on January to May, judged on June.

python train.py
"""

from pathlib import Path

import mlflow
import yaml
from track import NAME, record

FIT_ON = ["2013-01", "2013-02", "2013-03", "2013-04", "2013-05"]
JUDGE_ON = "2013-06"


if __name__ == "__main__":
    mlflow.set_tracking_uri("sqlite:///mlflow.db")
    params = yaml.safe_load(Path("params.yaml").read_text())
    version = record(Path("data"), FIT_ON, JUDGE_ON, params)
    client = mlflow.MlflowClient()
    client.set_registered_model_alias(NAME, "champion", version.version)
    print(f"{NAME} version {version.version} is the champion")
