import argparse
import os
import pickle

import pandas as pd
import xgboost as xgb


def matrix(folder):
    table = pd.concat([pd.read_csv(os.path.join(folder, name), header=None) for name in os.listdir(folder)])
    return xgb.DMatrix(table.iloc[:, 1:], label=table.iloc[:, 0])


parser = argparse.ArgumentParser()
parser.add_argument("--num_round", type=int)
parser.add_argument("--max_depth", type=int, default=5)
parser.add_argument("--eta", type=float, default=0.2)
parser.add_argument("--objective", type=str)
parser.add_argument("--train", type=str, default=os.environ.get("SM_CHANNEL_TRAIN"))
parser.add_argument("--validation", type=str, default=os.environ.get("SM_CHANNEL_VALIDATION"))
args = parser.parse_args()

settings = {"max_depth": args.max_depth, "eta": args.eta, "objective": args.objective}  # free
watchlist = [(matrix(args.train), "train"), (matrix(args.validation), "validation")]  # free
booster = xgb.train(settings, watchlist[0][0], num_boost_round=args.num_round, evals=watchlist)
with open(os.path.join(os.environ["SM_MODEL_DIR"], "xgboost-model"), "wb") as file:  # free
    pickle.dump(booster, file)
