"""Trains a tiny language model to count, with the Trainer of transformers: nothing is downloaded, and no GPU is needed.

`--callback` tells taskbeat of it; without, it knows nothing of taskbeat.
"""

import os
import sys

import torch
from transformers import GPT2Config, GPT2LMHeadModel, Trainer, TrainingArguments
from transformers.trainer_utils import get_last_checkpoint

RESULTS = os.environ.get("NVCT_RESULTS_DIR", "results")


class Counting(torch.utils.data.Dataset):
    """Sequences of numbers, each one more than the one before."""

    def __len__(self):
        return 2000

    def __getitem__(self, index):
        numbers = (index + torch.arange(16)) % 50
        return {"input_ids": numbers, "labels": numbers}


callbacks = []
if "--callback" in sys.argv:
    from taskbeat_callback import TaskbeatCallback

    callbacks = [TaskbeatCallback()]

trainer = Trainer(
    model=GPT2LMHeadModel(GPT2Config(vocab_size=50, n_positions=16, n_embd=32, n_layer=2, n_head=2)),
    args=TrainingArguments(
        output_dir=RESULTS,
        per_device_train_batch_size=32,
        learning_rate=1e-2,
        max_steps=200,
        logging_steps=10,
        save_steps=50,
        report_to="none",
    ),
    train_dataset=Counting(),
    callbacks=callbacks,
)
last = get_last_checkpoint(RESULTS) if os.path.isdir(RESULTS) else None
print(f"from {last or 'the beginning'}", flush=True)
trainer.train(resume_from_checkpoint=last)
