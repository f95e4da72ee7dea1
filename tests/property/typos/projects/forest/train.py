import argparse
import os

import joblib
import pandas as pd
from sklearn.ensemble import RandomForestClassifier

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--n-estimators", type=int, default=10)
    parser.add_argument("--max-depth", type=int, default=3)
    parser.add_argument("--criterion", choices=["gini", "entropy"], default="gini")
    parser.add_argument("--model-dir", default=os.environ["SM_MODEL_DIR"])
    parser.add_argument("--train", default=os.environ["SM_CHANNEL_TRAIN"])
    parser.add_argument("--test", default=os.environ["SM_CHANNEL_TEST"])
    args = parser.parse_args()

    rows = pd.read_csv(os.path.join(args.train, "rows.csv"))  # free
    labels = rows.pop("label")  # free
    forest = RandomForestClassifier(args.n_estimators, criterion=args.criterion, max_depth=args.max_depth)
    forest.fit(rows, labels)
    joblib.dump(forest, os.path.join(args.model_dir, "model.joblib"))  # free
