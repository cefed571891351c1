//! The macro for an entity that changes only by its own methods.
//!
//! Other crates read its fields by getters of the same names, by reference or, where marked `copy`, by value. The store
//! and the builders of tests make it from a snapshot, which has the same fields in public; `cargo xtask tidy` refuses
//! that anywhere else.

macro_rules! entity {
    (
        $(#[$of_entity:meta])*
        pub struct $entity:ident, $snapshot:ident {
            $($(#[$of_field:meta])* $by:ident $field:ident: $type:ty,)+
        }
    ) => {
        $(#[$of_entity])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $entity { $($field: $type,)+ }

        /// The fields as they are stored.
        #[derive(Debug, Clone, PartialEq)]
        pub struct $snapshot { $($(#[$of_field])* pub $field: $type,)+ }

        impl $entity {
            $(getter! { $(#[$of_field])* $by $field: $type })+

            pub fn rebuild(snapshot: $snapshot) -> Self {
                Self { $($field: snapshot.$field,)+ }
            }

            pub fn snapshot(&self) -> $snapshot {
                $snapshot { $($field: self.$field.clone(),)+ }
            }

            /// Rebuilds it with a change that no method makes, for tests only.
            pub fn rebuild_with(&mut self, change: impl FnOnce(&mut $snapshot)) {
                let mut snapshot = self.snapshot();
                change(&mut snapshot);
                *self = Self::rebuild(snapshot);
            }
        }
    };
}

macro_rules! getter {
    ($(#[$of_field:meta])* copy $field:ident: $type:ty) => {
        $(#[$of_field])*
        pub fn $field(&self) -> $type {
            self.$field
        }
    };
    ($(#[$of_field:meta])* by_ref $field:ident: $type:ty) => {
        $(#[$of_field])*
        pub fn $field(&self) -> &$type {
            &self.$field
        }
    };
}
