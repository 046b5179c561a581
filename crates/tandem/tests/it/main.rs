//! The program as a person or a script runs it: commands in, output and exit codes out.
//!
//! With `TANDEM_TEST_POSTGRES` set, every home keeps its record in a database of its own on that server.

mod attribute;
mod backup;
mod crm_exports;
mod docs;
mod engines;
mod hostile_files;
mod journeys;
mod kill;
mod kill_server;
mod mail;
mod matching;
mod olist;
mod program;
mod reconcile;
mod replay;
mod reports;
mod sample;
mod undo;
