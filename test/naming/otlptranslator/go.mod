module cases

go 1.25

require github.com/prometheus/otlptranslator v1.0.0
