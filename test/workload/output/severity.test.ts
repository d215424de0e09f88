import { describe, expect, it } from 'vitest'
import { createErrorScan as createScan } from '../../../src/workload/output/error-scan.ts'
import { severityOf } from '../../../src/workload/output/severity.ts'
import type { Severity } from '../../../src/workload-events.ts'

const createErrorScan = (chunk: Buffer) => createScan(chunk, chunk.toString('latin1'))

const said: readonly (readonly [logger: string, line: string, severity: Severity])[] = [
  ['logging, by default', 'WARNING:root:disk is 91 % full', 'WARN'],
  ['logging, by default', 'CRITICAL:my.mod:bye', 'FATAL'],
  ['logging, with dashes', '2026-11-21 10:00:00,123 - train.loop - ERROR - boom', 'ERROR'],
  ['logging, with dashes', '2026-11-21 10:00:00,123 - train.loop - INFO - 0 errors, ERROR - no', 'INFO'],
  ['logging, with brackets', '2026-11-21 10:00:00,123 [WARNING] root: hi', 'WARN'],
  ['logging, level first', 'ERROR 2026-11-21 10:00:00,123 message', 'ERROR'],
  ['logging, time first', '2026-11-21 10:00:00,123 DEBUG root:6 message', 'DEBUG'],
  ['logging, padded', 'ERROR    | message', 'ERROR'],
  ['logging, name first', 'root ERROR: message', 'ERROR'],
  ['logging, colons', '2026-11-21 10:00:00,123:ERROR:root:message', 'ERROR'],
  ['logging, commas', '2026-11-21 10:00:00,123,ERROR,message', 'ERROR'],
  ['Hydra', '[2026-11-21 10:00:00,123][root][ERROR] - message', 'ERROR'],
  ['transformers', '[INFO|trainer.py:123] 2026-11-21 10:00:00,044 >> ***** Running training *****', 'INFO'],
  ['transformers', '[ERROR|trainer.py:123] 2026-11-21 10:00:00,044 >> bad', 'ERROR'],
  ['accelerate', '11/21/2026 10:00:00 - WARNING - __main__ - slow', 'WARN'],
  ['DeepSpeed', '[2026-11-21 10:00:00,123] [WARNING] [comm.py:637:init] slow', 'WARN'],
  ['gunicorn', '[2026-11-21 10:00:00 +0000] [123] [ERROR] Worker failed', 'ERROR'],
  ['rich', '[10:00:00] ERROR    message           train.py:12', 'ERROR'],
  ['vLLM', '(EngineCore_0 pid=12) ERROR 11-21 10:00:00 [core.py:12] EngineCore failed', 'ERROR'],
  ['Ray', '(train_fn pid=1234, ip=10.0.0.2) 2026-11-21 10:00:00,123\tERROR worker.py:1 -- bad', 'ERROR'],
  ['loguru', '2026-11-21 10:00:00.328 | ERROR    | __main__:<module>:2 - e', 'ERROR'],
  ['loguru', '2026-11-21 10:00:00.328 | SUCCESS  | __main__:<module>:2 - s', 'INFO'],
  ['structlog', '2026-11-21 10:00:00 [error    ] it happened      k=1', 'ERROR'],
  ['structlog, logfmt', 'k=1 event="it happened" level=warning timestamp=2026-11-21T08:03:40Z', 'WARN'],
  ['NeMo', '[NeMo W 2026-11-21 10:00:00 nemo_logging:361] careful', 'WARN'],
  ['NeMo', '[NeMo E 2026-11-21 10:00:00 nemo_logging:361] no', 'ERROR'],
  ['NCCL', 'node1:12:34 [0] NCCL WARN Call to connect returned Connection refused', 'WARN'],
  ['NCCL', 'node1:12:34 [0] NCCL INFO Bootstrap : Using eth0', 'INFO'],
  ['NCCL 2.24', '[2026-11-21 10:00:00] node1:12:34 [0] transport/net.cc:12 NCCL WARN no', 'WARN'],
  ['absl', 'E1121 10:00:00.748482 140618918136704 ab.py:4] e', 'ERROR'],
  ['glog', 'F1121 10:00:00.748482 123 ab.cc:4] Check failed', 'FATAL'],
  ['klog', 'I1121 10:00:00.123456       1 main.go:12] "ERROR is only a word here"', 'INFO'],
  ['torch', 'W1121 08:36:18.297000 10190 torch/distributed/api.py:897] closing', 'WARN'],
  ['c10', '[E1121 10:00:00.123456789 ProcessGroupNCCL.cpp:607] Watchdog caught', 'ERROR'],
  ['c10', '[W1121 10:00:00.123456789 socket.cpp:464] retry', 'WARN'],
  ['TensorFlow', '2026-11-21 10:00:00.123456: E tensorflow/core/a.cc:12] no', 'ERROR'],
  ['bracketed', '[WARN] careful', 'WARN'],
  ['bracketed', '[error] no', 'ERROR'],
  ['bracketed', '<ERROR> no', 'ERROR'],
  ['Spark', '26/11/21 10:00:00 WARN TaskSetManager: lost task', 'WARN'],
  ['logback', '10:00:00.123 [main] ERROR com.example.Foo - no', 'ERROR'],
  ['java.util.logging', 'SEVERE: no', 'ERROR'],
  ['slog', '2026/11/21 10:00:00 WARN w k=1', 'WARN'],
  ['slog, logfmt', 'time=2026-11-21T10:00:00.533Z level=ERROR msg="text err" k="a b"', 'ERROR'],
  ['logrus', 'time="2026-11-21T10:00:00Z" level=fatal msg="level=info"', 'FATAL'],
  ['zap', '2026-11-21T10:00:00.123Z\tERROR\tpkg/main.go:12\tno', 'ERROR'],
  ['tracing', '2026-11-21T10:00:00.123456Z  WARN my_crate::net: slow', 'WARN'],
  ['env_logger', '[2026-11-21T10:00:00Z ERROR my_crate] no', 'ERROR'],
  ['winston', '2026-11-21T10:00:00.123Z [error]: no', 'ERROR'],
  ['pino-pretty', '[10:00:00.123] ERROR (1234): no', 'ERROR'],
  ['npm', 'npm ERR! code 1', 'ERROR'],
  ['wandb', 'wandb: WARNING Symlinked 1 file', 'WARN'],
  ['argparse', 'train.py: error: the following arguments are required: --x', 'ERROR'],
  ['a compiler', 'kernel.cu:12:3: warning: unused variable', 'WARN'],
  ['rustc', 'error[E0425]: cannot find value', 'ERROR'],
  ['git', 'fatal: not a git repository', 'FATAL'],
  ['a plain program', 'Error: cannot open file', 'ERROR'],
  ['a plain program', 'Error: 404 Not Found', 'ERROR'],
  ['warnings', '/app/train.py:2: DeprecationWarning: old thing', 'WARN'],
  ['an exception', 'torch.cuda.OutOfMemoryError: CUDA out of memory.', 'ERROR'],
  ['a shell', './run.sh: line 3:   123 Killed                  python train.py', 'ERROR'],
  ['a shell', 'Segmentation fault (core dumped)', 'ERROR'],
  ['tqdm', 'ERROR analysis:  45%|████▌     | 450/1000 [01:23<01:41,  5.42it/s]', 'INFO'],
]

const silent = [
  '0 errors found',
  'error rate 0.5 %',
  'Error: 0.0123',
  'error: 12, accuracy: 0.5',
  'MeanSquaredError: 0.25',
  'the ERROR was found',
  '2026-11-21 10:00:00 found ERROR in shard 7',
  'validation error: 0.12',
  'no level=error here',
  'Warnings are off',
  'infographic: 3',
  'debugging [error] handling',
  'step 1 loss 0.5',
  '  ERROR in an indented line',
  'ERRORS=0',
]

describe('the severity of a line', () => {
  it.each(said)('of %s is read: %s', (_, line, severity) => {
    expect(severityOf(line)).toBe(severity)
  })

  it.each(silent)('is not raised by words: %s', (line) => {
    expect(severityOf(line)).toBeUndefined()
  })

  it('is read in bounded time', () => {
    for (const part of ['[', 'a.', '2026-11-21 ', 'a: ', '[a] ', 'a=b ', ' | ', 'ERROR', 'x - ', '5%|']) {
      severityOf(part.repeat(64 * 1024))
    }
  })
})

describe('a scan for errors', () => {
  /** Their levels are written in ways that only a whole reading tells from prose. */
  const isMissed = (logger: string) => logger === 'TensorFlow' || logger === 'argparse'
  const severe = said.filter(
    ([logger, , severity]) => (severity === 'ERROR' || severity === 'FATAL') && !isMissed(logger),
  )
  it.each(severe)('finds that of %s without reading it: %s', (_, line) => {
    const chunk = Buffer.from(`step 1\n${line}\nstep 2\n`)
    const at = createErrorScan(chunk).next(0)
    expect(at).toBeGreaterThanOrEqual('step 1\n'.length)
    expect(at).toBeLessThan('step 1\n'.length + Buffer.byteLength(line))
  })

  it.each(severe)('finds that of %s at the head of a chunk: %s', (_, line) => {
    expect(createErrorScan(Buffer.from(`${line}\nstep 2\n`)).next(0)).toBeGreaterThanOrEqual(0)
  })

  it('goes on behind the lines that were read, and ends', () => {
    const chunk = Buffer.from('step 1\nERROR a\nstep 2\nTraceback (most\nlevel=error\nlevel=info\n')
    const scan = createErrorScan(chunk)
    const found: number[] = []
    for (let at = scan.next(0); at >= 0; at = scan.next(chunk.indexOf('\n', at) + 1)) found.push(at)
    expect(found.map((at) => chunk.toString('utf8', at, chunk.indexOf('\n', at)))).toEqual([
      'ERROR a',
      'Traceback (most',
      'vel=error',
    ])
  })
})
