import argparse
import os

from sklearn import ensemble, metrics, model_selection

KINDS = {"extra": ensemble.ExtraTreesRegressor, "forest": ensemble.RandomForestRegressor}  # free


def build(kind, depth, leaves):
    return KINDS[kind](max_depth=depth, max_leaf_nodes=leaves)


def evaluate(model, features, target):
    split = model_selection.train_test_split(features, target, test_size=0.25)
    model.fit(split[0], split[2])
    return metrics.mean_squared_error(split[3], model.predict(split[1]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--depth", type=int)
    parser.add_argument("--leaves", type=int)
    parser.add_argument("--kind", choices=["extra", "forest"])
    args = parser.parse_args()
    model = build(kind=args.kind, depth=args.depth, leaves=args.leaves)
    print(model, os.environ["SM_CHANNEL_TRAIN"], evaluate.__name__)
