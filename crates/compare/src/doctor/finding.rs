//! What one look at a machine tells.

/// One thing about a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub name: &'static str,
    /// What it is here.
    pub value: String,
    /// What that means for measuring.
    pub health: Health,
    /// Why it matters and what to do; empty where there is nothing to do.
    pub advice: String,
}

/// What something means for measuring, from good to bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Health {
    /// It cannot be found out here.
    Unknown,
    /// It is as it should be.
    Well,
    /// Small differences may not show.
    Mind,
    /// No verdict can be expected.
    Ill,
}

impl Health {
    /// A sign that needs no colour.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Unknown => "–",
            Self::Well => "✓",
            Self::Mind => "!",
            Self::Ill => "✗",
        }
    }

    /// What a machine of this health can be used for.
    pub(super) fn verdict(self) -> &'static str {
        match self {
            Self::Unknown | Self::Well => "This machine can measure.",
            Self::Mind => {
                "This machine can measure; where it says `!`, small differences may not show."
            }
            Self::Ill => {
                "This machine cannot measure right now: comparisons will give figures, and hardly a verdict."
            }
        }
    }
}

impl Finding {
    /// A finding that is as it should be.
    pub(super) fn well(name: &'static str, value: impl Into<String>) -> Self {
        Self {
            name,
            value: value.into(),
            health: Health::Well,
            advice: String::new(),
        }
    }

    /// A finding that is as it should be, where there is one.
    pub(super) fn of(name: &'static str, value: Option<String>, teller: &str) -> Self {
        match value.filter(|value| !value.is_empty()) {
            Some(value) => Self::well(name, value),
            None => Self::unknown(name, teller),
        }
    }

    /// A finding that cannot be made here, since what would tell does not.
    pub(super) fn unknown(name: &'static str, teller: &str) -> Self {
        Self {
            health: Health::Unknown,
            ..Self::well(name, format!("n/a: {teller} does not tell"))
        }
    }

    /// The same finding, to be minded where that is so.
    pub(super) fn mind_if(self, is_so: bool, advice: &str) -> Self {
        self.with_if(is_so, Health::Mind, advice)
    }

    /// The same finding, which makes measuring pointless where that is so.
    pub(super) fn ill_if(self, is_so: bool, advice: &str) -> Self {
        self.with_if(is_so, Health::Ill, advice)
    }

    fn with_if(self, is_so: bool, health: Health, advice: &str) -> Self {
        if !is_so || health < self.health {
            return self;
        }
        Self {
            health,
            advice: advice.to_owned(),
            ..self
        }
    }
}
