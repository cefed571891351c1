use super::*;
use application::StoreError;
use application::ports::prospects::ProspectStore;
use domain::lead::data_field::DataField;
use domain::prospect::{
    EmployeeRange, KeptPage, KeptSearch, Prospect, ProspectFilters, ProspectPaid, ProspectRecord,
    ProspectState,
};
use domain::spend::{BookingOutcome, Usd};
use domain::{IcpId, LeadId, ProspectSearchId, UserId};

pub(crate) fn search() -> KeptSearch {
    KeptSearch {
        id: ProspectSearchId::derived(Still.now(), &["search"]),
        workspace: workspace(),
        provider: "apollo".to_owned(),
        filters: ProspectFilters {
            titles: vec!["Owner".to_owned()],
            employees: vec![EmployeeRange { from: 2, to: Some(50) }],
            ..ProspectFilters::default()
        },
        icp: Some(IcpId::derived(Still.now(), &["icp"])),
        unasked: vec!["Rating at least 4".to_owned()],
        page_size: 25,
        total: Some(60),
        pages: 1,
        asking: Some(2),
        next: Some("2".to_owned()),
        cost: Usd::micros(24_500),
        by: Some(UserId::derived(Still.now(), &["user", "maya"]).into()),
        created_at: Still.now(),
        expires_at: later(86_400),
        rev: 0,
    }
}

pub(crate) fn page(number: u32) -> KeptPage {
    let values = [(DataField::FullName, "Ann L*e"), (DataField::CompanyName, "Acme")];
    let ann = Prospect {
        id: format!("digest-{number}"),
        provider_id: Some("p1".to_owned()),
        values: values.into_iter().map(|(field, text)| (field, text.to_owned())).collect(),
        masked: vec![DataField::FullName],
        has_email: Some(true),
        has_phone: Some(false),
    };
    let search = search();
    KeptPage {
        workspace: search.workspace,
        search: search.id,
        number,
        prospects: vec![ann],
        expires_at: search.expires_at,
    }
}

pub(crate) fn record(state: ProspectState) -> ProspectRecord {
    ProspectRecord {
        workspace: workspace(),
        prospect: "digest-1".to_owned(),
        provider: "apollo".to_owned(),
        state,
        request: "prospects#1#0".to_owned(),
        paid: Some(ProspectPaid { outcome: BookingOutcome::Hit, amount: Usd::micros(20_000) }),
        at: Still.now(),
        rev: 0,
    }
}

#[tokio::test]
async fn search_is_read_with_its_pages_in_order() {
    let world = World::new();
    let store: &dyn ProspectStore = &world.table;
    let event = event(EventKind::ProspectsSearched);
    let mut kept = search();
    for number in [2, 1, 10] {
        kept.rev = store.save_page(&kept, &page(number), &event).await.unwrap();
    }
    assert_eq!(store.search(&workspace(), &kept.id).await.unwrap(), kept);
    let pages = store.pages(&workspace(), &kept.id).await.unwrap();
    assert_eq!(pages, [page(1), page(2), page(10)]);
    assert_eq!(store.page(&workspace(), &kept.id, 2).await.unwrap(), page(2));
    assert!(matches!(store.page(&workspace(), &kept.id, 3).await, Err(StoreError::NotFound)));
    let stale = KeptSearch { rev: 1, ..kept.clone() };
    assert!(matches!(store.save_page(&stale, &page(3), &event).await, Err(StoreError::Conflict)));
    assert!(matches!(store.page(&workspace(), &kept.id, 3).await, Err(StoreError::NotFound)));
}

#[tokio::test]
async fn record_of_a_prospect_is_written_by_one_of_two() {
    let world = World::new();
    let store: &dyn ProspectStore = &world.table;
    let asked = record(ProspectState::Asked {});
    assert_eq!(store.save_record(&asked).await.unwrap(), 1);
    assert!(matches!(store.save_record(&asked).await, Err(StoreError::Conflict)));
    let lead = LeadId::derived(Still.now(), &["ann"]);
    let added = ProspectRecord { rev: 1, ..record(ProspectState::Added { lead }) };
    assert_eq!(store.save_record(&added).await.unwrap(), 2);
    let known = store.records(&workspace(), &["digest-1", "nobody"]).await.unwrap();
    assert_eq!(known, [ProspectRecord { rev: 2, ..added }]);
}
