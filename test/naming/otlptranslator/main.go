// Writes cases.json, what the Collector's own library makes of names: go run . > cases.jsonl
package main

import (
	"encoding/json"
	"fmt"

	"github.com/prometheus/otlptranslator"
)

var names = []string{
	"ml.training.loss", "ml.training.batch_number", "ml.training.processing_time_ms", "ml.training.samples_per_second",
	"task_progress_gauge", "taskbeat.progress.percent", "taskbeat.sampling.duration.seconds", "a.total", "total", "a.total.b",
	"a.ratio", "a.ratio.b", "a__b", "a..b.", "_a", ".a", "5xx", "ünit.größe", "a:b", "...", "bytes", "size.bytes.used", "x-y/z",
}
var units = []string{
	"", "1", "%", "s", "ms", "By", "{step}", "{token}/s", "tokens/s", "samples/s", "bytes", "By/s", "1/s", "m/m", "/s", "s/",
	"a b", "_x_", "/%", "{a}/{b}", "KiBy/mo", " s ", "per_second",
}
var kinds = map[string]otlptranslator.MetricType{
	"counter":       otlptranslator.MetricTypeMonotonicCounter,
	"updowncounter": otlptranslator.MetricTypeNonMonotonicCounter,
	"gauge":         otlptranslator.MetricTypeGauge,
	"histogram":     otlptranslator.MetricTypeHistogram,
}
var namespaces = []string{"", "ml_metrics", "ml-metrics", "5g"}
var strategies = []otlptranslator.TranslationStrategyOption{
	otlptranslator.UnderscoreEscapingWithSuffixes, otlptranslator.UnderscoreEscapingWithoutSuffixes,
	otlptranslator.NoUTF8EscapingWithSuffixes, otlptranslator.NoTranslation,
}
var labels = []string{
	"job.id", "job_id", "model.name", "error.type", "5xx", "_a", "__a", "__a.b__", "a__b", "a..b", "...", "_", "", "a-b", "ü", "A1",
}

// What cannot be named is null.
func orNull(name string, err error) any {
	if err != nil {
		return nil
	}
	return name
}

func tell(line ...any) {
	out, _ := json.Marshal(line)
	fmt.Println(string(out))
}

func main() {
	for _, strategy := range strategies {
		suffixes := strategy.ShouldAddSuffixes()
		for _, namespace := range namespaces {
			namer := otlptranslator.NewMetricNamer(namespace, strategy)
			for i, name := range names {
				for j, unit := range units {
					// without suffixes unit and kind change nothing; of the others a part is enough
					if (!suffixes && j > 0) || (j > 0 && (i+j)%7 != 0) || (namespace != "" && (i+j)%5 != 0) {
						continue
					}
					for _, kind := range []string{"counter", "updowncounter", "gauge", "histogram"} {
						if !suffixes && kind != "gauge" {
							continue
						}
						metric := otlptranslator.Metric{Name: name, Unit: unit, Type: kinds[kind]}
						tell(strategy, namespace, name, unit, kind, orNull(namer.Build(metric)))
					}
				}
			}
		}
	}
	for _, escapes := range []bool{true, false} {
		for _, tidies := range []bool{true, false} {
			namer := otlptranslator.LabelNamer{UTF8Allowed: !escapes, UnderscoreLabelSanitization: tidies, PreserveMultipleUnderscores: !tidies}
			for _, label := range labels {
				tell(escapes, tidies, label, orNull(namer.Build(label)))
			}
		}
	}
}
