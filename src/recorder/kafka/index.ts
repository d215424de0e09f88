export { type KafkaExporterOptions, kafkaExporter } from './kafka-exporter.ts'
