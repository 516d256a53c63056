//! Stories about files: what is taken, how it is kept, who finds it again.

use super::*;
use crate::crypt::rotate::rotate;
use crate::test_support::{World, counter_officer, each_engine};

const PDF: &[u8] = b"%PDF-1.4\n1 0 obj\nsecret of Awa\nendobj\n%%EOF\n";

fn case() -> HouseholdId {
    HouseholdId::new(Uuid::from_u128(0xca_5e01))
}

fn matter() -> Subject {
    Subject::new("complaint", Uuid::from_u128(0xca_5e01))
}

async fn keep(world: &World, file: &File) -> Result<AttachmentId> {
    let (keys, file) = (world.keys.clone(), file.clone());
    world.write(async move |tx| add(tx, &keys, &counter_officer(), case(), &matter(), &file).await).await
}

async fn read(world: &World, subject: Subject, id: AttachmentId) -> Result<Opened> {
    let keys = world.keys.clone();
    world.write(async move |tx| open(tx, &keys, &counter_officer(), case(), &subject, id).await).await
}

#[tokio::test]
async fn a_file_comes_back_as_it_was_kept_and_lies_sealed() {
    each_engine(async |world| {
        let file = File::read("Élo's letter.exe", PDF.to_vec()).unwrap();
        let id = keep(world, &file).await.unwrap();
        let (name, body): (Vec<u8>, Vec<u8>) =
            world.db.one("SELECT about, body FROM attachment", args![]).await.unwrap().unwrap();
        for sealed in [&name, &body] {
            assert!(!sealed.windows(3).any(|part| part == b"Awa" || part == b"let"), "not sealed");
        }
        let opened = read(world, matter(), id).await.unwrap();
        assert_eq!((opened.kind, opened.name.as_str()), (FileKind::Pdf, "Élo s letter.pdf"));
        assert_eq!(opened.body.as_slice(), PDF);
        // It belongs to its matter alone.
        let other = Subject::new("appeal", matter().id);
        assert_eq!(read(world, other, id).await.unwrap_err(), Error::NotFound);
        let mut view = world.db.read().await.unwrap();
        let listed = list(&mut view, &world.keys, case(), &matter()).await.unwrap();
        assert_eq!(listed.len(), 1);
        assert!(!listed[0].is_theirs && listed[0].size == i64::try_from(PDF.len()).unwrap());
        let told = journal::entries(&mut view, case(), None, 10).await.unwrap();
        let kinds: Vec<&str> = told.iter().map(|entry| entry.kind.as_str()).collect();
        assert_eq!(kinds, ["attachment.opened", "attachment.added"]);
        assert!(told.iter().all(|entry| !entry.detail.contains("letter")), "a name in the journal");
    })
    .await;
}

#[tokio::test]
async fn ten_files_and_no_more() {
    each_engine(async |world| {
        let file = File::read("a", PDF.to_vec()).unwrap();
        for _ in 0..MOST {
            keep(world, &file).await.unwrap();
        }
        assert_eq!(keep(world, &file).await, Err(Error::Invalid("file.too_many")));
    })
    .await;
}

#[tokio::test]
async fn a_new_key_reaches_files() {
    let world = World::sqlite().await;
    let id = keep(&world, &File::read("a", PDF.to_vec()).unwrap()).await.unwrap();
    let before: Vec<u8> = world.db.value("SELECT body FROM attachment", args![]).await.unwrap().unwrap();
    // Under the key it has, nothing is done; that the statements run is what is asked here.
    assert_eq!(rotate(&world).await, Ok(0));
    let after: Vec<u8> = world.db.value("SELECT body FROM attachment", args![]).await.unwrap().unwrap();
    assert_eq!(before, after);
    assert!(read(&world, matter(), id).await.is_ok());
}

#[test]
fn what_is_not_taken_is_told_why() {
    let large = [PDF, &vec![b' '; LARGEST]].concat();
    for (bytes, fault) in [
        (Vec::new(), FileFault::Empty),
        (large, FileFault::TooLarge),
        (b"<svg onload=alert(1)>".to_vec(), FileFault::NotAllowed),
        (b"\x89PNG\r\n\x1a\n".to_vec(), FileFault::Damaged),
    ] {
        assert_eq!(File::read("photo.png", bytes), Err(fault));
    }
    let named = File::read("Awa Diallo.pdf", PDF.to_vec()).unwrap().nameless(2);
    assert_eq!(named.name, "file-2.pdf");
}
