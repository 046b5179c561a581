//! Files on their way in: kept below `home/uploads` until they are imported or a day old.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use axum::extract::Multipart;
use serde::{Deserialize, Serialize};
use tokio::io::AsyncWriteExt;

use crate::{Office, access::secret, web::AppError};

pub const FILES_MAX: usize = 50;
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// The files of one upload. They lie under numbers, never under names that a browser sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Upload {
    pub key: String,
    pub names: Vec<String>,
    /// Who uploaded; nobody else goes on with it.
    pub user: Option<i64>,
}

impl Upload {
    /// (name, path) of each file.
    pub fn files(&self, office: &Office) -> Vec<(String, PathBuf)> {
        let folder = folder(office, &self.key);
        self.names.iter().enumerate().map(|(index, name)| (name.clone(), folder.join(stored_name(index, name)))).collect()
    }
}

/// Streams the files of a form to disk.
pub async fn receive(office: &Office, user: Option<i64>, mut form: Multipart) -> Result<Upload, AppError> {
    clean_up(office).await;
    let mut upload = Upload { key: secret::new(), names: Vec::new(), user };
    let folder = folder(office, &upload.key);
    tokio::fs::create_dir_all(&folder).await.map_err(internal)?;
    let received = receive_files(&folder, &mut upload, &mut form).await;
    if let Err(error) = received {
        // What came so far is of no use.
        let _ = tokio::fs::remove_dir_all(&folder).await;
        return Err(error);
    }
    let text = serde_json::to_vec(&upload).map_err(internal)?;
    tokio::fs::write(folder.join(LIST), text).await.map_err(internal)?;
    Ok(upload)
}

async fn receive_files(folder: &Path, upload: &mut Upload, form: &mut Multipart) -> Result<(), AppError> {
    while let Some(mut field) = form.next_field().await.map_err(refused)? {
        let Some(name) = field.file_name().map(own_name).filter(|name| !name.is_empty()) else { continue };
        if upload.names.len() == FILES_MAX {
            return Err(AppError::refused(format!("Choose at most {FILES_MAX} files at once.")));
        }
        let path = folder.join(stored_name(upload.names.len(), &name));
        let mut file = tokio::fs::File::create(&path).await.map_err(internal)?;
        while let Some(bytes) = field.chunk().await.map_err(refused)? {
            file.write_all(&bytes).await.map_err(internal)?;
        }
        file.flush().await.map_err(internal)?;
        upload.names.push(name);
    }
    if upload.names.is_empty() { Err(AppError::refused("Choose at least one CSV or XLSX file.")) } else { Ok(()) }
}

pub async fn find(office: &Office, user: Option<i64>, key: &str) -> Result<Upload, AppError> {
    let gone =
        || AppError::NotFound("This upload is not here any more: it was imported, or is older than a day. Choose the files again.".into());
    if !key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_') {
        return Err(gone());
    }
    let text = tokio::fs::read(folder(office, key).join(LIST)).await.map_err(|_| gone())?;
    let upload: Upload = serde_json::from_slice(&text).map_err(internal)?;
    if upload.user == user { Ok(upload) } else { Err(gone()) }
}

pub async fn remove(office: &Office, upload: &Upload) {
    if let Err(error) = tokio::fs::remove_dir_all(folder(office, &upload.key)).await {
        tracing::warn!("an upload stays on disk: {error}");
    }
}

/// Takes away uploads that nobody went on with.
async fn clean_up(office: &Office) {
    let Ok(mut folders) = tokio::fs::read_dir(office.home().join("uploads")).await else { return };
    while let Ok(Some(entry)) = folders.next_entry().await {
        let age = entry.metadata().await.ok().and_then(|of| of.modified().ok()).and_then(|at| at.elapsed().ok());
        if age.is_some_and(|age| age > KEPT) {
            let _ = tokio::fs::remove_dir_all(entry.path()).await;
        }
    }
}

const LIST: &str = "upload.json";

fn folder(office: &Office, key: &str) -> PathBuf {
    office.home().join("uploads").join(key)
}

/// The ending stays, for it says what kind of file it is.
fn stored_name(index: usize, name: &str) -> String {
    let ending = name.rsplit_once('.').map_or("csv", |(_, ending)| ending).to_lowercase();
    let known = ["csv", "tsv", "txt", "xlsx", "xlsm", "xls", "ods"].into_iter().find(|known| *known == ending);
    format!("{index}.{}", known.unwrap_or("csv"))
}

/// Without the folders that some browsers send along.
fn own_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name).trim();
    name.chars().filter(|c| !c.is_control()).take(200).collect()
}

fn refused(error: axum::extract::multipart::MultipartError) -> AppError {
    AppError::refused(format!("The upload broke off: {}", error.body_text()))
}

fn internal(error: impl Into<anyhow::Error>) -> AppError {
    AppError::Internal(error.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_from_browsers_lead_nowhere() {
        assert_eq!(own_name("..\\..\\etc/passwd"), "passwd");
        assert_eq!(stored_name(3, "a.b.XLSX"), "3.xlsx");
        assert_eq!(stored_name(0, "run.sh"), "0.csv");
    }
}
