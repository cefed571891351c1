//! Whom a simulation finds held: where they would wait, who goes on when a pause is over, and who is left out.

use super::*;
use domain::connection::Connection;

impl World {
    async fn change_campaign(&self, change: impl FnOnce(&mut Campaign)) {
        let campaigns = self.ports().campaigns();
        let mut campaign = campaigns.get(&self.workspace, &self.campaign).await.unwrap();
        change(&mut campaign);
        let event = Event::system("campaign_changed", self.stage.clock.now());
        campaigns.save(&campaign, &event).await.unwrap();
    }

    /// What the campaign sends this channel by from now on.
    pub async fn account(&self, channel: Channel) -> ConnectionId {
        let stage = &self.stage;
        let id = match channel {
            Channel::Email => stage.mailbox(&self.workspace).await,
            Channel::Sms => stage.text_account(&self.workspace).await,
            Channel::Whatsapp => stage.whatsapp_account(&self.workspace).await,
        };
        let own = id.clone();
        self.change_campaign(|campaign| match channel {
            Channel::Email => campaign.mailboxes.push(own),
            Channel::Sms => campaign.sms_sender = Some(own),
            Channel::Whatsapp => campaign.whatsapp_sender = Some(own),
        })
        .await;
        id
    }

    async fn change_account(&self, id: &ConnectionId, change: impl FnOnce(&mut Connection)) {
        let connections = self.ports().connections();
        let mut connection = connections.get(&self.workspace, id).await.unwrap();
        change(&mut connection);
        let event = Event::system("connection_changed", self.stage.clock.now());
        connections.save(&connection, &event).await.unwrap();
    }

    async fn all_would_wait(&self, channel: Channel) {
        let made = self.simulated().await;
        let result = made.result.clone().unwrap();
        assert_eq!((result.messages, result.ends.len()), (0, 0), "{channel:?}");
        assert_eq!(result.would_be_held, BTreeMap::from([(HoldReason::Mailbox, 2)]), "{channel:?}");
        let blobs = self.ports().blobs();
        let people = simulated_people(&*blobs, &self.workspace, &self.campaign, &made, 0).await.unwrap();
        assert!(people.iter().all(|person| person.end.is_none()));
        assert!(people.iter().all(|person| person.steps[0].held == Some(HoldReason::Mailbox)));
    }
}

#[tokio::test]
async fn who_would_find_no_account_is_told_to_wait_there() {
    for channel in Channel::ALL {
        let world = World::over(channel, 2, &["first"]).await;
        world.start().await;
        world.run().await;
        // A draft that has not chosen one yet.
        world.all_would_wait(channel).await;
        let account = world.account(channel).await;
        assert_eq!(world.simulated().await.result.unwrap().messages, 2, "{channel:?}");
        world.change_account(&account, |account| account.enabled = false).await;
        world.all_would_wait(channel).await;
        let event = Event::system("connection_deleted", world.stage.clock.now());
        world.ports().connections().delete(&world.workspace, &account, &event).await.unwrap();
        world.all_would_wait(channel).await;
    }
}
