import argparse
import os
import socket
import time

parser = argparse.ArgumentParser()
parser.add_argument("--rounds", type=int, default=1)
args = parser.parse_args()
group = os.environ["SM_CURRENT_INSTANCE_GROUP"]
for number in range(args.rounds):
    started = time.perf_counter()
    print(group, number, os.listdir(os.environ["SM_CHANNEL_TRAIN"]), socket.gethostname())
    print(time.perf_counter() - started)
