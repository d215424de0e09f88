#!/usr/bin/env bash
# The recorder's exporter to Kafka against a real broker: killed and restarted in the middle, and one that never comes.
set -euo pipefail
cd "$(dirname "$0")/.."
lab=../shared/lab/kafka-lab.sh
if [ ! -f "$lab" ] || ! command -v java >/dev/null || ! command -v mvn >/dev/null; then
  echo "skipped: the exporter to Kafka needs a broker: its lab, Java and Maven, and not all of that is here"
  exit 0
fi
. "$lab"
work=$(mktemp -d)
. scripts/checks.sh
pids=()
trap 'for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done; kafka_down || true; rm -rf "$work"' EXIT
port=${KAFKA_CHECK_PORT:-19092}
broker=127.0.0.1:$port

# A reader that is not the client which writes: Kafka's own.
cat >"$work/Read.java" <<'JAVA'
import java.time.Duration;
import java.util.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

class Read {
  public static void main(String[] args) {
    var settings = Map.<String, Object>of("bootstrap.servers", args[0]);
    try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      var partitions = consumer.partitionsFor(args[1]).stream().map(p -> new TopicPartition(p.topic(), p.partition())).toList();
      var ends = consumer.endOffsets(partitions);
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var out = new StringBuilder();
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p)))
        for (var record : consumer.poll(Duration.ofSeconds(1)))
          out.append(record.key()).append('\t').append(record.value()).append('\n');
      System.out.print(out);
    }
  }
}
JAVA
read_topic() { java -cp "$KAFKA_DIR/jars/*" "$work/Read.java" "$broker" taskbeat-recorder 2>"$work/read.err"; }

load() { exec timeout 120 node scripts/kafka-load.ts "$@"; }
# told NAME JAVASCRIPT: of what the load NAME has told
told() { node -e "process.exitCode = ($2)(JSON.parse(require('fs').readFileSync('$work/$1'))) ? 0 : 1"; }

kafka_up "$port"
load "$broker" 90 200 >"$work/restarted" 2>"$work/restarted.err" & pids+=($!)
sleep 4
kill -KILL "$KAFKA_PID"
wait "$KAFKA_PID" 2>/dev/null || true
sleep 4
# not kafka_up: it would begin with an empty disk
java -Xmx256m -cp "$KAFKA_DIR/jars/*" kafka.Kafka "$KAFKA_DIR/server.properties" >>"$KAFKA_DIR/log" 2>&1 &
KAFKA_PID=$!
for _ in $(seq 1 240); do
  (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
  sleep 0.25
done
sleep 2
kill -TERM "${pids[0]}"
check 'a job records on while the broker is killed and restarted, and ends well' wait "${pids[0]}"
pids=()
read_topic >"$work/read" || cat "$work/read.err"
check 'all that it recorded is in the topic, in order' node scripts/kafka-count.ts "$work/restarted" "$work/read"
cat "$work/out"

kafka_down || true
check 'a job whose broker never comes ends well' bash -c "timeout 60 node scripts/kafka-load.ts $broker 1 100 >$work/never 2>$work/never.err"
check 'in time' told never '({ closeMs }) => closeMs < 11000'
check 'and says what is missing' grep -q 'did not get to Kafka' "$work/never.err"
exit $((failures > 0))
