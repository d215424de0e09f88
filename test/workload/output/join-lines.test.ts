import { describe, expect, it } from 'vitest'
import { errorLines } from '../../../src/workload/output/error-lines.ts'
import { inShort, readAll, recorded, startReader } from './read-output.ts'

/** What becomes of the recordings, and what a verdict would quote of their last lines. */
const recordings: Readonly<
  Record<string, { readonly records: readonly string[]; readonly errorLines: readonly string[] }>
> = {
  absl: {
    records: [
      'INFO I1121 08:03:40.748126 140618918136704 ab.py:4] i',
      'WARN W1121 08:03:40.748390 140618918136704 ab.py:4] w',
      'ERROR E1121 08:03:40.748482 140618918136704 ab.py:4] e',
      'INFO I1121 08:03:40.748595 140618918136704 ab.py:4] d',
      'FATAL F1121 08:03:40.748688 140618918136704 ab.py:5] f',
      'FATAL (17 lines) Fatal Python error: Aborted',
    ],
    errorLines: [
      'Fatal Python error: Aborted',
      '  File "/app/venv/lib/python3.11/site-packages/absl/logging/__init__.py", line 1017 in emit',
    ],
  },
  chained: {
    records: ['INFO before', "ERROR (25 lines) Traceback (most recent call last): → KeyError: 'key'"],
    errorLines: ['  File "/app/chain.py", line 10, in main', "KeyError: 'key'"],
  },
  'exception-group': {
    records: [
      'ERROR (26 lines)   + Exception Group Traceback (most recent call last): → ExceptionGroup: several shards failed (3 sub-exceptions)',
    ],
    errorLines: ['    |   File "/app/group.py", line 7, in f', '      | TypeError: t'],
  },
  'exception-note': {
    records: [
      'ERROR (12 lines) Traceback (most recent call last): → RuntimeError: CUDA error: device-side assert triggered',
    ],
    errorLines: [
      '  File "/app/notes.py", line 3, in go',
      'RuntimeError: CUDA error: device-side assert triggered',
    ],
  },
  faulthandler: {
    records: ['FATAL (6 lines) Fatal Python error: Segmentation fault'],
    errorLines: [
      'Fatal Python error: Segmentation fault',
      '  File "/usr/lib/python3.11/ctypes/__init__.py", line 519 in string_at',
    ],
  },
  'go-panic': {
    records: [
      'INFO 2026/11/21 08:35:33 plain',
      'WARN 2026/11/21 08:35:33 WARN w k=1',
      'ERROR time=2026-11-21T08:35:33.778Z level=ERROR msg="text err" k="',
      'ERROR json err',
      'INFO x',
      'ERROR (7 lines) panic: assignment to entry in nil map → panic: assignment to entry in nil map',
    ],
    errorLines: ['panic: assignment to entry in nil map', '\t/app/g/main.go:3'],
  },
  'go-segfault': {
    records: [
      'INFO 2026/11/21 08:35:36 starting',
      'ERROR (8 lines) panic: runtime error: invalid memory address or nil pointer  → panic: runtime error: invalid memory address or nil pointer derefer',
    ],
    errorLines: [
      'panic: runtime error: invalid memory address or nil pointer dereference',
      '\t/app/g/m2.go:3 +0x2',
    ],
  },
  'java-logging': {
    records: [
      'INFO Nov 21, 2026 8:35:36 AM L main',
      'ERROR SEVERE: sev',
      'INFO Nov 21, 2026 8:35:36 AM L main',
      'WARN WARNING: w',
      'INFO Nov 21, 2026 8:35:36 AM L main',
      'ERROR SEVERE: with',
      'ERROR (12 lines) java.lang.NumberFormatException: For input string: "q" → java.lang.NumberFormatException: For input string: "q"',
      'INFO Nov 21, 2026 8:35:36 AM L main',
      'INFO INFO: after',
    ],
    errorLines: [
      'java.lang.NumberFormatException: For input string: "q"',
      '\tat java.base/java.lang.NumberFormatException.forInputString(NumberFormatException.java:67)',
    ],
  },
  java: {
    records: [
      'ERROR (14 lines) Exception in thread "main" java.lang.RuntimeException: outer → java.lang.RuntimeException: outer',
    ],
    errorLines: ['Exception in thread "main" java.lang.RuntimeException: outer', '\tat A.main(A.java:2)'],
  },
  'json-and-structlog': {
    records: [
      'WARN hello',
      'ERROR bad → ZeroDivisionError: division by zero',
      'ERROR evt happened',
      'ERROR 2026-11-21 08:03:40 [error    ] evt happened                ',
      'INFO 2026-11-21 08:03:40 [info     ] evt fine                    ',
      'WARN k=1 event="evt happened" level=warning timestamp=2026-11-21T',
    ],
    errorLines: ['2026-11-21 08:03:40 [error    ] evt happened                   k=1'],
  },
  'keyboard-interrupt': {
    records: ['ERROR (4 lines) Traceback (most recent call last): → KeyboardInterrupt: undefined'],
    errorLines: ['  File "/app/kbd.py", line 1, in <module>', 'KeyboardInterrupt'],
  },
  loguru: {
    records: [
      'DEBUG 2026-11-21 08:03:40.327 | DEBUG    | __main__:<module>:2 - d',
      'INFO 2026-11-21 08:03:40.327 | INFO     | __main__:<module>:2 - i',
      'INFO 2026-11-21 08:03:40.328 | SUCCESS  | __main__:<module>:2 - s',
      'WARN 2026-11-21 08:03:40.328 | WARNING  | __main__:<module>:2 - w',
      'ERROR 2026-11-21 08:03:40.328 | ERROR    | __main__:<module>:2 - e',
      'FATAL 2026-11-21 08:03:40.328 | CRITICAL | __main__:<module>:2 - c',
      'ERROR 2026-11-21 08:03:40.328 | ERROR    | __main__:<module>:5 - c',
      'ERROR (15 lines) Traceback (most recent call last): → ZeroDivisionError: division by zero',
      'INFO 2026-11-21 08:03:40.334 | INFO     | __main__:<module>:6 - a',
    ],
    errorLines: ['  File "/app/lg.py", line 3, in div', 'ZeroDivisionError: division by zero'],
  },
  multiprocessing: {
    records: ['ERROR (27 lines) multiprocessing.pool.RemoteTraceback: → ValueError: in worker 1'],
    errorLines: [
      '  File "/usr/lib/python3.11/multiprocessing/pool.py", line 774, in get',
      'ValueError: in worker 1',
    ],
  },
  'node-eval': {
    records: [
      'INFO [eval]:1',
      "INFO Promise.reject(new Error('r'))",
      'INFO                ^',
      'ERROR (8 lines) Error: r → Error: r',
      'INFO Node.js v20.20.2',
    ],
    errorLines: ['Error: r', '    at [eval]:1:16'],
  },
  'node-message-of-two-lines': {
    records: ['ERROR (9 lines) TypeError: x is → TypeError: x is'],
    errorLines: ['TypeError: x is', '    at [eval]:1:15'],
  },
  'node-uncaught': {
    records: [
      'INFO /app/a.js:2',
      "INFO function inner(){ throw new Bad('no shard', {cause: new Type",
      'INFO                   ^',
      'ERROR (16 lines) Bad [Error]: no shard → Bad: no shard',
      'INFO Node.js v20.20.2',
    ],
    errorLines: ['Bad [Error]: no shard', '    at inner (/app/a.js:2:25)'],
  },
  'python-default': {
    records: [
      'WARN WARNING:root:disk is 91 % full',
      'ERROR ERROR:my.mod:cannot reach host',
      'FATAL CRITICAL:root:bye',
    ],
    errorLines: ['ERROR:my.mod:cannot reach host', 'CRITICAL:root:bye'],
  },
  'python-exception': {
    records: [
      'DEBUG 2026-11-21 08:03:39,579 - train.loop - DEBUG - batch 1',
      'INFO 2026-11-21 08:03:39,579 - train.loop - INFO - 0 errors found',
      'WARN 2026-11-21 08:03:39,579 - train.loop - WARNING - slow',
      'ERROR 2026-11-21 08:03:39,579 - train.loop - ERROR - boom',
      'ERROR 2026-11-21 08:03:39,579 - train.loop - ERROR - step failed',
      'ERROR (5 lines) Traceback (most recent call last): → ZeroDivisionError: division by zero',
      'INFO 2026-11-21 08:03:39,586 - train.loop - INFO - after',
    ],
    errorLines: ['  File "/app/logs2.py", line 5, in <module>', 'ZeroDivisionError: division by zero'],
  },
  'python-formats': {
    records: [
      'INFO 2026-11-21 08:03:39,658 [INFO] root: hi',
      'WARN 2026-11-21 08:03:39,659 [WARNING] root: w',
      'FATAL 2026-11-21 08:03:39,659 [CRITICAL] root: c',
      'ERROR ERROR 2026-11-21 08:03:39,659 message with 3',
      'ERROR 2026-11-21 08:03:39,659 ERROR root:6 message with 5',
      'ERROR ERROR    | message with 2',
      'ERROR [2026-11-21 08:03:39,659][root][ERROR] - message with 4',
      'ERROR [ERROR|logs3.py:6] 2026-11-21 08:03:39,659 >> message with 5',
      'ERROR 2026-11-21 08:03:39,659:ERROR:root:message with 4',
      'ERROR 2026-11-21 08:03:39,659,ERROR,message with 3',
      'ERROR root ERROR: message with 3',
      'ERROR 2026-11-21 08:03:39,659 | ERROR | message with 3',
    ],
    errorLines: [
      '[ERROR|logs3.py:6] 2026-11-21 08:03:39,659 >> message with 5',
      '2026-11-21 08:03:39,659:ERROR:root:message with 4',
      '2026-11-21 08:03:39,659,ERROR,message with 3',
      'root ERROR: message with 3',
      '2026-11-21 08:03:39,659 | ERROR | message with 3',
    ],
  },
  recursion: {
    records: [
      'ERROR (14 lines) Traceback (most recent call last): → RecursionError: maximum recursion depth exceeded',
    ],
    errorLines: ['  File "/app/rec.py", line 1, in f', 'RecursionError: maximum recursion depth exceeded'],
  },
  rust: {
    records: [
      "ERROR (13 lines) thread 'main' (9670) panicked at m.rs:1:22: → panic: index out of bounds: the len is 1 but the index is 3",
    ],
    errorLines: [
      "thread 'main' (9670) panicked at m.rs:1:22:",
      'index out of bounds: the len is 1 but the index is 3',
    ],
  },
  'syntax-error': {
    records: ['ERROR (7 lines) Traceback (most recent call last): → SyntaxError: invalid syntax'],
    errorLines: ['  File "m.py", line 1', 'SyntaxError: invalid syntax'],
  },
  thread: {
    records: [
      'ERROR (10 lines) Exception in thread Thread-1 (w): → ValueError: in thread',
      'INFO main goes on',
    ],
    errorLines: ['  File "/app/thr.py", line 2, in w', 'ValueError: in thread'],
  },
  'torchrun-tee': {
    records: [
      'WARN W1121 08:36:10.783000 10190 torch/distributed/run.py:793]',
      'WARN W1121 08:36:10.783000 10190 torch/distributed/run.py:793] **',
      'WARN W1121 08:36:10.783000 10190 torch/distributed/run.py:793] Se',
      'WARN W1121 08:36:10.783000 10190 torch/distributed/run.py:793] **',
      'INFO [1] INFO:root:rank 1 up',
      'INFO [0] step 1 loss 0.5',
      'INFO [1] step 1 loss 1.5',
      'INFO [0] INFO:root:rank 0 up',
      'WARN W1121 08:36:18.297000 10190 torch/distributed/elastic/multip',
      'ERROR E1121 08:36:18.467000 10190 torch/distributed/elastic/multip',
      'ERROR [1] (6 lines) Traceback (most recent call last): → RuntimeError: CUDA error: device-side assert triggered',
      'ERROR [0] (9 lines) Traceback (most recent call last): → RuntimeError: [../third_party/gloo/gloo/transport/tcp/pair.cc:534] Connect',
      'ERROR (32 lines) Traceback (most recent call last): → torch.distributed.elastic.multiprocessing.errors.ChildFailedError: ddp.py FAILED',
    ],
    errorLines: ['ddp.py FAILED', '  rank      : 1 (local_rank: 1)', '  exitcode  : 1 (pid: 10203)'],
  },
  torchrun: {
    records: [
      'WARN W1121 08:35:58.402000 9986 torch/distributed/run.py:793]',
      'WARN W1121 08:35:58.402000 9986 torch/distributed/run.py:793] ***',
      'WARN W1121 08:35:58.402000 9986 torch/distributed/run.py:793] Set',
      'WARN W1121 08:35:58.402000 9986 torch/distributed/run.py:793] ***',
      'INFO INFO:root:rank 0 up',
      'INFO step 1 loss 0.5',
      'INFO INFO:root:rank 1 up',
      'INFO step 1 loss 1.5',
      'WARN W1121 08:36:05.273000 9986 torch/distributed/elastic/multipr',
      'ERROR E1121 08:36:05.338000 9986 torch/distributed/elastic/multipr',
      'ERROR [1] (6 lines) Traceback (most recent call last): → RuntimeError: CUDA error: device-side assert triggered',
      'ERROR [0] (9 lines) Traceback (most recent call last): → RuntimeError: [../third_party/gloo/gloo/transport/tcp/pair.cc:534] Connect',
      'ERROR (32 lines) Traceback (most recent call last): → torch.distributed.elastic.multiprocessing.errors.ChildFailedError: ddp.py FAILED',
    ],
    errorLines: ['ddp.py FAILED', '  rank      : 1 (local_rank: 1)', '  exitcode  : 1 (pid: 10045)'],
  },
  tqdm: {
    records: [
      'INFO checkpoint saved',
      'INFO train: 100%|██████████| 40/40 [00:00<00:00, 8776.07it/s]',
      'INFO outer:   0%|          | 0/2 [00:00<?, ?it/s]',
      'INFO outer:  50%|█████     | 1/2 [00:00<00:00, 1625.07it/s]',
      'INFO outer: 100%|██████████| 2/2 [00:00<00:00, 1387.23it/s]',
      'INFO done',
    ],
    errorLines: [
      'outer:  50%|█████     | 1/2 [00:00<00:00, 1625.07it/s]',
      'outer: 100%|██████████| 2/2 [00:00<00:00, 1387.23it/s]',
      'done',
    ],
  },
  warnings: {
    records: [
      'WARN (2 lines) /app/warn.py:2: DeprecationWarning: old thing',
      'WARN (2 lines) /app/warn.py:3: UserWarning: x',
    ],
    errorLines: [
      "  warnings.warn('old thing', DeprecationWarning, stacklevel=1)",
      '/app/warn.py:3: UserWarning: x',
      "  warnings.warn('x')",
    ],
  },
}

describe('what real programs printed', () => {
  it.each(Object.entries(recordings))('becomes whole records: %s', (name, { records }) => {
    expect(inShort(readAll([recorded(name)]).events)).toEqual(records)
  })

  it.each(Object.entries(recordings))('is quoted where it tells most: %s', (name, recording) => {
    expect(errorLines(readAll([recorded(name)]).lastLines)).toEqual(recording.errorLines)
  })

  it('keeps every line, of however many records', () => {
    for (const name of Object.keys(recordings).filter(
      (other) => !other.startsWith('json') && other !== 'tqdm',
    )) {
      const lines = readAll([recorded(name)]).events.flatMap(({ text }) => text.split('\n'))
      const expected = recorded(name)
        .split('\n')
        .map((line) => line.replace(/^(?:\[default\d\]:)?(?:\[rank\d\]: )?/, '').trimEnd())
        .filter((line) => line !== '' && !line.startsWith('{'))
      expect(lines.filter((line) => line !== '' && line !== 'json err').toSorted()).toEqual(
        expected.toSorted(),
      )
    }
  })
})

const traceback = 'Traceback (most recent call last):\n  File "a.py", line 1, in <module>\n    a()\n'
const cuda = `${traceback}RuntimeError: CUDA error: no`

describe('lines that belong together', () => {
  const stack = (...lines: readonly string[]) => `${lines.join('\n')}\n`

  it.each<readonly [string, string, readonly string[]]>([
    [
      'end where a logger goes on',
      `${cuda}\nINFO:root:next\n`,
      [
        'ERROR (4 lines) Traceback (most recent call last): → RuntimeError: CUDA error: no',
        'INFO INFO:root:next',
      ],
    ],
    [
      'do not take what may be something else, if more of it follows',
      `${cuda}\n${'and so on\n'.repeat(9)}`,
      [
        'ERROR (4 lines) Traceback (most recent call last): → RuntimeError: CUDA error: no',
        ...Array.from({ length: 9 }, () => 'INFO and so on'),
      ],
    ],
    [
      'do not take what is indented below such a line',
      `${cuda}\nand so on:\n  deeper\nINFO:root:a\n`,
      [
        'ERROR (4 lines) Traceback (most recent call last): → RuntimeError: CUDA error: no',
        'INFO and so on:',
        'INFO   deeper',
        'INFO INFO:root:a',
      ],
    ],
    [
      'take what an exception printed last, if nothing follows',
      `${cuda}\nand so on\n`,
      ['ERROR (5 lines) Traceback (most recent call last): → RuntimeError: CUDA error: no'],
    ],
    [
      'take what is known to explain an error',
      `${cuda}\nCUDA kernel errors might be asynchronously reported\nFor debugging consider passing X\nINFO:root:a\n`,
      [
        'ERROR (6 lines) Traceback (most recent call last): → RuntimeError: CUDA error: no',
        'INFO INFO:root:a',
      ],
    ],
    [
      'take the indented lines of a message',
      `${traceback}RuntimeError: Error(s) in loading state_dict for M:\n\tMissing key(s): "a"\nINFO:root:a\n`,
      [
        'ERROR (5 lines) Traceback (most recent call last): → RuntimeError: Error(s) in loading state_dict for M:',
        'INFO INFO:root:a',
      ],
    ],
    [
      'are apart where one traceback follows another',
      `${cuda}\n${traceback}KeyError: 1\n`,
      [
        'ERROR (4 lines) Traceback (most recent call last): → RuntimeError: CUDA error: no',
        'ERROR (4 lines) Traceback (most recent call last): → KeyError: 1',
      ],
    ],
    [
      'of a DataLoader are one',
      `${traceback}RuntimeError: Caught KeyError in DataLoader worker process 0.\nOriginal ${traceback}KeyError: 1\n`,
      ['ERROR (8 lines) Traceback (most recent call last): → KeyError: 1'],
    ],
    [
      'of torch.multiprocessing are one',
      `${traceback}torch.multiprocessing.spawn.ProcessRaisedException: \n\n-- Process 1 terminated with the following error:\n${traceback}KeyError: 1\n`,
      ['ERROR (10 lines) Traceback (most recent call last): → KeyError: 1'],
    ],
    [
      'come from several ranks at a time',
      `[rank0]: Traceback (most recent call last):\n[rank1]: Traceback (most recent call last):\n[rank0]:   File "a"\nplain\n[rank1]:   File "b"\n[rank1]: KeyError: 1\n[rank0]: KeyError: 0\n`,
      [
        'INFO plain',
        'ERROR [0] (3 lines) Traceback (most recent call last): → KeyError: 0',
        'ERROR [1] (3 lines) Traceback (most recent call last): → KeyError: 1',
      ],
    ],
    [
      'have the number of srun before each',
      `0: Traceback (most recent call last):\n0:   File "a"\n1: Traceback (most recent call last):\n0: KeyError: 1\n1:   File "b"\n1: KeyError: 2\n2: no label\n`,
      [
        'INFO 2: no label',
        'ERROR [0] (3 lines) Traceback (most recent call last): → KeyError: 1',
        'ERROR [1] (3 lines) Traceback (most recent call last): → KeyError: 2',
      ],
    ],
    [
      'are the stack of JavaScript in a message',
      stack('TypeError: a', '    at b (c.js:1:2)', '    at d (e.js:3:4)', 'next'),
      ['ERROR (3 lines) TypeError: a → TypeError: a', 'INFO next'],
    ],
    [
      'may be nothing but a first line',
      stack('ValueError: a', 'INFO:root:b', 'panic: c', 'd', 'Process SpawnProcess-1:', 'e'),
      [
        'ERROR ValueError: a',
        'INFO INFO:root:b',
        'FATAL panic: c',
        'INFO d',
        'INFO Process SpawnProcess-1:',
        'INFO e',
      ],
    ],
    [
      'are the stacks that a signal asked for, which are no error',
      stack('Thread 0x00007f5ba4e93b80 (most recent call first):', '  File "a.py", line 3 in b', 'next'),
      ['INFO (2 lines) Thread 0x00007f5ba4e93b80 (most recent call first):', 'INFO next'],
    ],
    [
      'are a traceback that was cut short',
      stack(
        'Traceback (most recent call last):',
        '  File "a.py", line 3, in b',
        '2026-11-21 10:00:00 INFO next',
      ),
      ['ERROR (2 lines) Traceback (most recent call last):', 'INFO 2026-11-21 10:00:00 INFO next'],
    ],
  ])('%s', (_, output, records) => {
    expect(inShort(readAll([output]).events)).toEqual(records)
  })

  it('are sent one second after the last of them', async () => {
    const { reader, clock, events } = startReader()
    reader.push(Buffer.from(traceback))
    await clock.advance(900)
    reader.push(Buffer.from('KeyError: 1\n'))
    await clock.advance(999)
    expect(events).toEqual([])
    await clock.advance(1)
    expect(inShort(events)).toEqual(['ERROR (4 lines) Traceback (most recent call last): → KeyError: 1'])
    expect(events[0]?.at).toEqual(new Date('2026-11-20T10:00:00.000Z'))
    expect(clock.pending()).toBe(0)
    reader.end()
    expect(events).toHaveLength(1)
  })

  it('have the whole stack as an attribute, and as their text', () => {
    const [event] = readAll([`${cuda}\n`]).events
    expect(event?.text).toBe(cuda)
    expect(event?.attributes).toEqual({
      'exception.type': 'RuntimeError',
      'exception.message': 'CUDA error: no',
      'exception.stacktrace': cuda,
    })
  })

  it('are at most 64 KiB: of more, the middle is left out', () => {
    const frames = '  File "a.py", line 1, in a\n'.repeat(9000)
    const [event, ...others] = readAll([`${traceback}${frames}KeyError: 1\n`]).events
    expect(others).toEqual([])
    expect(Buffer.byteLength(event?.text ?? '')).toBeLessThanOrEqual(64 * 1024)
    expect(event?.text).toMatch(/^Traceback.*lines left out\).*KeyError: 1$/s)
  })

  it('end after 10,000 lines, whatever follows', () => {
    const { events } = readAll([`${traceback}${'  and on\n'.repeat(25_000)}`])
    expect(inShort(events).slice(0, 2)).toEqual([expect.stringContaining('Traceback'), 'INFO   and on'])
  })

  it('are put together for at most 64 ranks at a time', () => {
    const { reader, events } = startReader()
    for (let rank = 0; rank < 100; rank += 1) {
      reader.push(Buffer.from(`[rank${rank}]: Traceback (most recent call last):\n`))
    }
    expect(events).toHaveLength(36)
  })
})

describe('the lines that tell most', () => {
  it.each<readonly [string, readonly string[], readonly string[]]>([
    ['nothing', [], []],
    ['the last ones, where no error is said', ['a', 'b', 'c', 'd'], ['b', 'c', 'd']],
    [
      'errors',
      ['ERROR:root:a', 'b', '[rank0]: CRITICAL:root:c', 'd'],
      ['ERROR:root:a', '[rank0]: CRITICAL:root:c'],
    ],
    [
      'at most five errors',
      Array.from({ length: 9 }, (_, at) => `[ERROR] ${at}`),
      ['[ERROR] 4', '[ERROR] 5', '[ERROR] 6', '[ERROR] 7', '[ERROR] 8'],
    ],
    [
      'the exception of a rank, not that of its launcher',
      [
        '[rank1]:   File "a.py", line 9, in b',
        '[rank1]:     b()',
        '[rank1]: RuntimeError: c',
        'Traceback (most recent call last):',
        '  File "run.py", line 1, in main',
        'torch.distributed.elastic.multiprocessing.errors.ChildFailedError:',
      ],
      ['[rank1]:   File "a.py", line 9, in b', '[rank1]: RuntimeError: c'],
    ],
    ['an exception without a frame', ['x', 'a.b.CustomError: c', 'y'], ['a.b.CustomError: c']],
    [
      'an exception before an error',
      ['  File "a.py", line 1, in b', 'KeyError: 1', 'ERROR:root:x'],
      ['  File "a.py", line 1, in b', 'KeyError: 1'],
    ],
    [
      'a shell that says who was killed',
      ['step 1', 'run.sh: line 1:    12 Killed      python a.py'],
      ['run.sh: line 1:    12 Killed      python a.py'],
    ],
  ])('are %s', (_, lines, telling) => {
    expect(errorLines(lines)).toEqual(telling)
  })
})
