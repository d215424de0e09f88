#!/usr/bin/env bash
# What samples/nvcf, samples/helm and samples/kubernetes deploy, against the real parts: helm itself, the schemas of
# Kubernetes, those of JobSet and TrainJob, NVCF's own rules for charts, the Collector. Nothing is sent anywhere.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH=$PWD/node_modules/.bin:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. scripts/checks.sh

for form in rest ngc; do
  check "samples/nvcf/task.yaml becomes a task: $form" node scripts/nvcf/task.ts samples/nvcf/task.yaml --form $form
done
check 'samples/nvcf/own-platform.yaml becomes a task: nvcf-cli' node scripts/nvcf/task.ts samples/nvcf/own-platform.yaml --form nvcf-cli

# kubernetes-validate brings the schemas of Kubernetes, and what reads schemas
venv=/var/tmp/taskbeat-kubernetes-validate
if [ -x $venv/bin/kubernetes-validate ] ||
  { python3 -m venv $venv && timeout 60 $venv/bin/pip -q install kubernetes-validate; } >"$work/pip" 2>&1; then
  kubernetes() { $venv/bin/kubernetes-validate --strict --quiet "$@"; }
  check 'samples/kubernetes/job.yaml is one that Kubernetes accepts' kubernetes samples/kubernetes/job.yaml
else
  echo 'skipped  the schemas: kubernetes-validate cannot be had here'
  kubernetes() { :; }
fi

lab=../shared/lab/collector-lab.sh
[ ! -f "$lab" ] || . "$lab"
collector=${COLLECTOR_DIR:-}/otelcol-${COLLECTOR_VERSION:-}
if [ -x "$collector" ]; then
  collector_accepts() {
    sed -n '/^  collector.yaml: |$/,/^---$/p' samples/kubernetes/job.yaml | sed '1d;$d;s/^    //' >"$work/collector.yaml"
    # the directory is the container's
    sed -i "s:/var/lib/otelcol:$work:" "$work/collector.yaml"
    BACKEND_ENDPOINT=https://localhost BACKEND_AUTHORIZATION=x "$collector" validate --config="$work/collector.yaml"
  }
  check "its Collector's configuration is one that the Collector accepts" collector_accepts
else
  echo "skipped  the Collector's configuration: there is no Collector here"
fi

if ! command -v go >/dev/null; then
  echo 'skipped  everything else: helm and the schemas of JobSet and TrainJob come as Go modules, and there is no Go here'
  exit "$((failures > 0))"
fi

# module_file MODULE@VERSION FILE: where a file of a Go module lies
module_file() { echo "$(timeout 300 go mod download -json "$1" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')/$2"; }
# crd SCHEMA MANIFEST…: custom resources against the schema of their definition, with names that it does not know refused,
# which kubectl does too
crd() {
  $venv/bin/python - "$@" <<'PYTHON'
import sys
import jsonschema, yaml

definition = yaml.safe_load(open(sys.argv[1]))
kind = definition["spec"]["names"]["kind"]
versions = {v["name"]: v["schema"]["openAPIV3Schema"] for v in definition["spec"]["versions"]}

def strict(schema, is_root=False):
    if schema.get("x-kubernetes-int-or-string"):
        return {"type": ["integer", "string"]}
    out = {key: value for key, value in schema.items() if not key.startswith("x-kubernetes")}
    if "properties" in schema:
        out["properties"] = {name: strict(inner) for name, inner in schema["properties"].items()}
        if not schema.get("x-kubernetes-preserve-unknown-fields"):
            out["additionalProperties"] = False
    elif isinstance(schema.get("additionalProperties"), dict):
        out["additionalProperties"] = strict(schema["additionalProperties"])
    if "items" in schema:
        out["items"] = strict(schema["items"])
    return out

faults, seen = [], 0
for name in sys.argv[2:]:
    for document in yaml.safe_load_all(open(name)):
        if not document or document["kind"] != kind:
            continue
        seen += 1
        schema = strict(versions[document["apiVersion"].split("/")[1]])
        faults += [f"{'.'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e in jsonschema.Draft7Validator(schema).iter_errors(document)]
print("\n".join(faults) or f"{seen} of kind {kind}")
sys.exit(1 if faults or not seen else 0)
PYTHON
}
if [ -x $venv/bin/python ]; then
  trainjobs=$(module_file github.com/kubeflow/trainer/v2@v2.3.0 manifests/base/crds/trainer.kubeflow.org_trainjobs.yaml) || trainjobs=
  jobsets=$(module_file sigs.k8s.io/jobset@v0.12.0 config/components/crd/bases/jobset.x-k8s.io_jobsets.yaml) || jobsets=
fi
if [ -f "${trainjobs:-}" ]; then
  check 'samples/kubernetes/trainjob.yaml is one that Kubeflow Trainer 2.3 accepts' crd "$trainjobs" samples/kubernetes/trainjob.yaml
else
  echo 'skipped  the TrainJob: its schema cannot be had here'
fi

helm_version=v4.3.1
helm=/var/tmp/taskbeat-helm/$helm_version/helm
# the first time up to 20 minutes on two busy cores
if ! { [ -x $helm ] || GOBIN=${helm%/*} timeout 2400 go install helm.sh/helm/v4/cmd/helm@$helm_version; } >"$work/go" 2>&1; then
  echo 'skipped  the chart: helm cannot be had here'
  exit "$((failures > 0))"
fi
# nothing of whoever starts this
export HELM_CACHE_HOME=$work/helm HELM_CONFIG_HOME=$work/helm HELM_DATA_HOME=$work/helm

chart=samples/helm/taskbeat-task
check 'helm lints the chart' $helm lint --strict --quiet $chart
check "the chart's version has no hyphen, and no template is a hook" eval \
  "sed -n 's/^version: //p' $chart/Chart.yaml | grep -qE '^[0-9]+\.[0-9]+\.[0-9]+$' && ! grep -rq 'helm.sh/hook' $chart"

# what the platform injects
platform=(nvctNcaId=nca nvctTaskId=3f1c2f9e-0000-4000-8000-000000000000 nvctTaskName=task
  nvctResultsDir=/var/task/results nvctProgressFilePath=/var/task/results/progress)
injected=(NVCT_NCA_ID=nca NVCT_TASK_ID=3f1c2f9e-0000-4000-8000-000000000000 NVCT_TASK_NAME=task
  NVCT_RESULTS_DIR=/var/task/results NVCT_PROGRESS_FILE_PATH=/var/task/results/progress)
on_platform=()
for value in "${platform[@]}"; do on_platform+=(--set-string "$value"); done
# release names that YAML would take for something else, and that are too long for pods
long=a-release-name-with-so-many.words-that-helm-takes-it

# renders NAME RELEASE OPTIONS… : into $work/NAME.yaml
renders() { $helm template "$2" $chart "${@:3}" >"$work/$1.yaml"; }
# accepted NAME EXPECTATION…: what was rendered is right for Kubernetes and for NVCF
accepted() {
  kubernetes "$work/$1.yaml" && node scripts/nvcf/chart-check.ts "${@:2}" <"$work/$1.yaml"
}
# rendered WHAT RELEASE EXPECTATION… -- OPTIONS…
rendered() {
  local what=$1 release=$2 expectations=()
  shift 2
  while [ "$1" != -- ]; do expectations+=("$1") && shift; done
  shift
  check "$what: rendered" renders rendered "$release" "$@"
  check "$what: Kubernetes and NVCF accept it" accepted rendered "${expectations[@]}"
}

rendered 'one node, as it is' training -- --set gpus=0
rendered 'one node on NVCF' training "${injected[@]}" TASKBEAT_RESULTS=upload TASKBEAT_GRACE=500s -- "${on_platform[@]}"
rendered 'one node, all values' 1e3 TASKBEAT_RESULTS=none A=1 OTEL_EXPORTER_OTLP_LOGS_ENDPOINT=http://c:14357 -- \
  --set restarts=3,results=none,resultsClaim=mine,image.tag=v1,terminationGracePeriodSeconds=3600000 \
  --set ngcImagePullSecretName=ngc,imagePullSecrets={other},otelExporterOtlpLogsEndpoint=http://c:14357 \
  --set-string env.A=1 --set nodeSelector.a=b,tolerations[0].operator=Exists,envFrom[0].secretRef.name=s
rendered 'by digest' training -- --set image.digest=sha256:"$(printf '%064d' 0)"
rendered 'four nodes on NVCF' training "${injected[@]}" PET_NNODES=4 PET_NPROC_PER_NODE=8 PET_MASTER_ADDR=training-0.training \
  PET_MASTER_PORT=29500 -- "${on_platform[@]}" --set nodes=4,gpus=8,restarts=1
rendered 'two nodes, a number for a name' 123 TASKBEAT_RUN_ID=123 PET_MASTER_ADDR=n123-0.n123 -- --set nodes=2
rendered 'a thousand nodes, and no room for more of a name' $long PET_NNODES=1000 -- --set nodes=1000
nodes_know() {
  renders rendered training --set nodes=2 &&
    [ "$(grep -A1 -E -- '- name: (RANK|PET_NODE_RANK)$' "$work/rendered.yaml" | grep -c job-completion-index)" = 2 ]
}
check 'of several nodes, each knows which one it is, and so does its taskbeat' nodes_know

if [ -f "${jobsets:-}" ]; then
  rendered_jobset() { renders jobset "$1" --set launcher=JobSet "${@:2}" && crd "$jobsets" "$work/jobset.yaml"; }
  check 'a JobSet of one node is one that JobSet accepts' rendered_jobset training
  check 'and one of three' rendered_jobset training --set nodes=3,restarts=2 "${on_platform[@]}"
  allowed() { node scripts/nvcf/chart-check.ts --allow JobSet "${injected[@]}" PET_MASTER_ADDR=training-node-0-0.training <"$work/jobset.yaml"; }
  check 'where NVCF allows JobSets, it accepts the rest of it' allowed
else
  echo 'skipped  the JobSet: its schema cannot be had here'
fi

# refused WHAT WORDS OPTIONS…: helm says so
refused() {
  local what=$1 words=$2
  shift 2
  says() { ! $helm template training $chart "$@" >"$work/refused" 2>&1 && grep -q -- "$words" "$work/refused"; }
  check "refused: $what" says "$@"
}
refused 'containers without a limit of memory' "memory" --set resources.limits.memory=null
refused 'no nodes' nodes --set nodes=0
refused "a variable of the platform's" NVC --set-string env.NVCT_TASK_ID=x
refused 'a number as a variable' env --set env.A=1
refused 'root' runAsUser --set runAsUser=0
refused 'a launcher that there is not' launcher --set launcher=Deployment
refused 'a restart without the results of before' resultsClaim --set restarts=1
refused 'the same of a JobSet' resultsClaim --set restarts=1,nodes=2,launcher=JobSet
refused 'half a digest' digest --set image.digest=sha256:12
[ "$failures" = 0 ] || { echo "$failures checks failed"; exit 1; }
