"""Trains a small network to tell two spirals apart: on one GPU, on many under torchrun, or on a processor.

It goes on from its last checkpoint, saves a last one when it is asked to end (SIGTERM), and tells taskbeat how it is
going by `tell`, five lines that may stay where there is no taskbeat.
"""

import argparse
import json
import math
import os
import re
import shutil
import signal
import sys

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

RESULTS = os.path.abspath(os.environ.get("NVCT_RESULTS_DIR", "results"))
RANK, RANKS = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
stopping = False


def tell(**line):
    path = os.environ.get("TASKBEAT_EVENTS")
    if path and RANK == 0:
        with open(path, "a") as file:
            file.write(json.dumps(line) + "\n")


def points(step, count, device):
    """Those of one step, the same in every attempt, so that a training that was killed ends as one that was not."""
    random = torch.Generator().manual_seed(step * RANKS + RANK)
    spiral = torch.randint(2, (count, 1), generator=random).float()
    turn = torch.rand(count, 1, generator=random).sqrt() * 3 * math.pi
    angle = turn + math.pi * spiral
    xy = torch.cat([angle.cos(), angle.sin()], 1) * turn / 10 + 0.02 * torch.randn(count, 2, generator=random)
    return xy.to(device), spiral.to(device)


def save(step, loss, model, optimizer):
    """A directory that is complete as soon as it has its name: what is in it is on the disk, then it is renamed."""
    path = os.path.join(RESULTS, f"checkpoint-{step}")
    tell(type="checkpoint_start", dir=path)
    staged = f"{path}.tmp"
    shutil.rmtree(staged, ignore_errors=True)
    os.makedirs(staged)
    with open(os.path.join(staged, "state.pt"), "wb") as file:
        torch.save({"step": step, "model": model.state_dict(), "optimizer": optimizer.state_dict()}, file)
        file.flush()
        os.fsync(file.fileno())
    os.rename(staged, path)
    tell(type="checkpoint", dir=path, step=step, metadata={"loss": loss})


def last_checkpoint():
    names = [re.fullmatch(r"checkpoint-(\d+)", name) for name in os.listdir(RESULTS)]
    steps = [int(name[1]) for name in names if name]
    return os.path.join(RESULTS, f"checkpoint-{max(steps)}") if steps else None


def together(loss, device):
    """The mean loss, and whether any rank was asked to end: all have to leave the loop after the same step."""
    both = torch.tensor([loss.item(), float(stopping)], device=device)
    if RANKS > 1:
        dist.all_reduce(both)
    return both[0].item() / RANKS, both[1].item() > 0


def stop(*_):
    global stopping
    stopping = True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--save-every", type=int, default=300)
    arguments = parser.parse_args()
    steps, save_every = arguments.steps, arguments.save_every

    signal.signal(signal.SIGTERM, stop)
    os.makedirs(RESULTS, exist_ok=True)
    device = "cpu"
    if torch.cuda.is_available():
        device = f"cuda:{os.environ.get('LOCAL_RANK', 0)}"
        torch.cuda.set_device(device)
    if RANKS > 1:
        dist.init_process_group("nccl" if device != "cpu" else "gloo")

    torch.manual_seed(0)
    nn = torch.nn
    model = nn.Sequential(nn.Linear(2, 64), nn.SiLU(), nn.Linear(64, 64), nn.SiLU(), nn.Linear(64, 1)).to(device)
    optimizer = torch.optim.AdamW(model.parameters())
    step, path = 0, last_checkpoint()
    if path:
        state = torch.load(os.path.join(path, "state.pt"), map_location=device)
        step = state["step"]
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        # an attempt that was killed may not have come to tell of it; taskbeat announces nothing twice
        tell(step=step, total_steps=steps)
        tell(type="checkpoint", dir=path, step=step)
    trained = DistributedDataParallel(model) if RANKS > 1 else model
    if RANK == 0:
        print(f"from step {step} of {steps}, {RANKS} x {device.split(':')[0]}", flush=True)

    for step in range(step + 1, steps + 1):
        lr = 0.005 * (1 + math.cos(math.pi * step / steps))
        for group in optimizer.param_groups:
            group["lr"] = lr
        xy, spiral = points(step, 256, device)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(trained(xy), spiral)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

        # not after each step, as a GPU has to be waited for here
        is_saved = step % save_every == 0 or step == steps
        if step % 10 == 0 or is_saved:
            mean, must_stop = together(loss, device)
            tell(step=step, total_steps=steps, loss=mean, lr=lr)
            if RANK == 0 and (is_saved or must_stop):
                print(f"step {step}/{steps}  loss {mean:.6f}  lr {lr:.6f}", flush=True)
                save(step, mean, model, optimizer)
            if must_stop:
                break
    if RANKS > 1:
        dist.destroy_process_group()
    return 0 if step == steps else 128 + signal.SIGTERM


if __name__ == "__main__":
    sys.exit(main())
