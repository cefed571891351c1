//! The lists of a language file: every one that exists, by its name in the file.

macro_rules! lists {
    ($($name:ident = $path:literal,)*) => {
        /// A list of phrases; `languages/README.md` says what each is for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum List { $($name,)* }

        impl List {
            pub const ALL: &[(Self, &'static str)] = &[$((Self::$name, $path),)*];
        }
    };
}

lists! {
    Courtesy = "courtesy",
    Greetings = "greetings",
    SignOffs = "sign_offs",
    Negations = "negations",
    But = "but",
    ThirdParties = "third_parties",
    FirstPerson = "first_person",
    OptOutWords = "opt_out.words",
    OptOutTextWords = "opt_out.text_words",
    OptOutPerhaps = "opt_out.perhaps",
    OptOutPhrases = "opt_out.phrases",
    OptOutExcept = "opt_out.except",
    OptOutKeeps = "opt_out.keeps",
    OptOutClients = "opt_out.clients",
    RefusalWords = "refusal.words",
    RefusalPhrases = "refusal.phrases",
    InterestWords = "interest.words",
    InterestPhrases = "interest.phrases",
    InterestExcept = "interest.except",
    Later = "later.phrases",
    NotNow = "not_now.phrases",
    Question = "question.phrases",
    Referral = "referral.phrases",
    WrongPerson = "wrong_person.phrases",
    Anger = "anger.phrases",
    AbsenceSubjects = "absence.subjects",
    AbsencePhrases = "absence.phrases",
    AbsenceSigns = "absence.signs",
    ReturnBefore = "absence.return_before",
    ReturnAfter = "absence.return_after",
    AcknowledgementSubjects = "acknowledgement.subjects",
    AcknowledgementPhrases = "acknowledgement.phrases",
    DeparturePhrases = "departure.phrases",
    DepartureByMachine = "departure.by_machine",
    Unread = "departure.unread",
    ChallengePhrases = "challenge.phrases",
    ChallengeStates = "challenge.states",
    ChallengeActs = "challenge.acts",
    MachinePhrases = "machine.phrases",
    CalendarAccepted = "calendar.accepted",
    CalendarDeclined = "calendar.declined",
    CalendarTentative = "calendar.tentative",
    CalendarProposed = "calendar.proposed",
    BounceSubjects = "bounce.subjects",
    BouncePhrases = "bounce.phrases",
    BounceNoUser = "bounce.no_user",
    BounceFull = "bounce.full",
    BounceRefused = "bounce.refused",
    BounceDelayed = "bounce.delayed",
    Attributions = "reply.attributions",
    Rules = "reply.rules",
    SignatureStarts = "reply.signature_starts",
    Disclaimers = "reply.disclaimers",
    Footers = "reply.footers",
    Reactions = "reaction.phrases",
    ReactionTexts = "reaction.texts",
    DateNext = "dates.next",
    DateIn = "dates.in",
    ToModel = "model.phrases",
    OptOutDenied = "opt_out.denied",
    OptOutConditions = "opt_out.conditions",
    OptOutOffers = "opt_out.offers",
    OptOutAgrees = "opt_out.agrees",
    DepartureOthers = "departure.others",
    DepartureMoved = "departure.moved",
    Died = "departure.died",
}
