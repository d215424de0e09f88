"""Trains a small network to add, with Lightning: nothing is downloaded, and no GPU is needed.

`--callback` tells taskbeat of it; without, it knows nothing of taskbeat.
"""

import glob
import os
import sys

import lightning
import torch
from lightning.pytorch.callbacks import ModelCheckpoint, TQDMProgressBar

RESULTS = os.path.abspath(os.environ.get("NVCT_RESULTS_DIR", "results"))


class Adding(lightning.LightningModule):
    def __init__(self):
        super().__init__()
        self.layers = torch.nn.Sequential(torch.nn.Linear(8, 32), torch.nn.ReLU(), torch.nn.Linear(32, 1))

    def training_step(self, batch, batch_index):
        numbers, total = batch
        loss = torch.nn.functional.mse_loss(self.layers(numbers), total)
        self.log("train_loss", loss, prog_bar=True)
        return loss

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=1e-3)


numbers = torch.randn(6400, 8, generator=torch.Generator().manual_seed(0))
data = torch.utils.data.TensorDataset(numbers, numbers.sum(1, keepdim=True))

callbacks = [
    # Lightning would take Rich where that is installed, which draws nothing that could be read before the end
    TQDMProgressBar(),
    ModelCheckpoint(
        dirpath=RESULTS,
        filename="checkpoint-{step}/model",
        auto_insert_metric_name=False,
        save_top_k=-1,
    ),
]
if "--callback" in sys.argv:
    from taskbeat_callback import TaskbeatCallback

    callbacks.append(TaskbeatCallback())

trainer = lightning.Trainer(max_epochs=4, callbacks=callbacks, logger=False)
saved = glob.glob(os.path.join(RESULTS, "checkpoint-*", "model.ckpt"))
last = max(saved, key=os.path.getmtime, default=None)
print(f"from {last or 'the beginning'}", flush=True)
trainer.fit(Adding(), torch.utils.data.DataLoader(data, batch_size=64), ckpt_path=last)
