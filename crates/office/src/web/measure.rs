//! What the server counts, in Prometheus' words.

use std::{sync::OnceLock, time::Duration};

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();

/// Once per process, however many servers run in it.
pub fn start() {
    HANDLE.get_or_init(|| {
        let builder = PrometheusBuilder::new().set_buckets(&[0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0]);
        let recorder = builder.unwrap_or_else(|_| PrometheusBuilder::new()).build_recorder();
        let handle = recorder.handle();
        // Another recorder may be there already, in a program that has this one inside; then ours stays silent.
        let _ = metrics::set_global_recorder(recorder);
        metrics::describe_counter!("tandem_requests_total", "Requests answered, by endpoint and status");
        metrics::describe_histogram!("tandem_request_seconds", "Time to answer, by endpoint");
        metrics::describe_gauge!("tandem_events", "Id of the last event in the log");
        metrics::describe_gauge!("tandem_history_rows", "Rows in the history, by table");
        handle
    });
}

pub fn request(path: &'static str, method: &str, status: u16, took: Duration) {
    let labels = [("path", path.to_owned()), ("method", method.to_owned()), ("status", status.to_string())];
    metrics::counter!("tandem_requests_total", &labels).increment(1);
    metrics::histogram!("tandem_request_seconds", "path" => path).record(took.as_secs_f64());
}

pub fn events(last_id: i64) {
    metrics::gauge!("tandem_events").set(last_id as f64);
}

pub fn history_rows(table: &'static str, rows: u64) {
    metrics::gauge!("tandem_history_rows", "table" => table).set(rows as f64);
}

pub fn text() -> String {
    HANDLE
        .get()
        .map(|handle| {
            handle.run_upkeep();
            handle.render()
        })
        .unwrap_or_default()
}
