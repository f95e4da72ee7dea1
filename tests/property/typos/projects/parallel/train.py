import argparse
import os

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

CHECKPOINTS = "/opt/ml/checkpoints"


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int)
    parser.add_argument("--sharding", choices=("full", "none"))
    arguments, unknown = parser.parse_known_args()
    return arguments


def main(steps, sharding):
    dist.init_process_group(backend="gloo")
    rank, world = dist.get_rank(), dist.get_world_size()
    print("rank", rank, "of", world, "on", os.environ["SM_CURRENT_HOST"])  # free
    model = DistributedDataParallel(torch.nn.Linear(8, 1))
    folder = os.environ["SM_CHANNEL_VALIDATION"]
    for step in range(steps):
        loss = model(torch.randn(4, 8)).square().mean()
        loss.backward()
    print(sharding, folder, os.environ.get("SM_CHANNEL_TRAIN"))
    torch.save(model.state_dict(), f"{CHECKPOINTS}/{rank}.pt")


if __name__ == "__main__":
    options = parse()
    main(steps=options.steps, sharding=options.sharding)
