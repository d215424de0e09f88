"""A Triton server whose model gives back the number of seconds that it was sent, after it has slept for them.

Where it traces to is in TRITON_TRACE_CONFIG, as `taskbeat trace-config triton --json` prints it.
"""
import json
import os
import signal
import time

import numpy as np
from pytriton.decorators import batch
from pytriton.model_config import ModelConfig, Tensor
from pytriton.triton import Triton, TritonConfig


@batch
def passthrough(sleep):
    time.sleep(float(np.max(sleep)))
    return {"sleep": sleep}


# PyTriton stops its server, and the server sends its last spans, on KeyboardInterrupt only
signal.signal(signal.SIGTERM, signal.default_int_handler)

config = TritonConfig(
    http_address="127.0.0.1",
    grpc_address="127.0.0.1",
    metrics_address="127.0.0.1",
    trace_config=json.loads(os.environ["TRITON_TRACE_CONFIG"]),
)
with Triton(config=config) as triton:
    triton.bind(
        model_name="passthrough",
        infer_func=passthrough,
        inputs=[Tensor(name="sleep", dtype=np.float32, shape=(1,))],
        outputs=[Tensor(name="sleep", dtype=np.float32, shape=(1,))],
        config=ModelConfig(max_batch_size=128),
        strict=True,
    )
    triton.serve()
