//! Encrypts a text for one device (RFC 8291, in the coding `aes128gcm` of RFC 8188): the push service carries it and cannot
//! read it.

use crate::ports::ids::Ids;
use crate::web_push::subscription::PushSubscription;
use aes_gcm::Aes128Gcm;
use aes_gcm::aead::{Aead, KeyInit};
use hkdf::Hkdf;
use p256::elliptic_curve::sec1::ToEncodedPoint;
use p256::{PublicKey, SecretKey};
use sha2::Sha256;

/// The size of a record, of which a push has one: what a push service takes at most.
const RECORD: u32 = 4_096;
/// What ends the last record.
const LAST: u8 = 2;

/// The random parts of one encryption. They are used once.
pub(crate) struct Fresh {
    pub salt: [u8; 16],
    pub key: SecretKey,
}

impl Fresh {
    pub(crate) fn draw(ids: &dyn Ids) -> Self {
        let mut salt = [0; 16];
        ids.secret_bytes(&mut salt);
        loop {
            let mut scalar = [0; 32];
            ids.secret_bytes(&mut scalar);
            // One draw in 2^32 is above the order of the curve.
            if let Ok(key) = SecretKey::from_slice(&scalar) {
                return Self { salt, key };
            }
        }
    }
}

/// The 65 bytes of a public key, as push services write it.
pub(crate) fn uncompressed(key: &PublicKey) -> Vec<u8> {
    key.to_encoded_point(false).as_bytes().to_vec()
}

pub(crate) fn encrypt(text: &[u8], to: &PushSubscription, fresh: &Fresh) -> Vec<u8> {
    let ours = uncompressed(&fresh.key.public_key());
    let shared = p256::ecdh::diffie_hellman(fresh.key.to_nonzero_scalar(), to.public_key.as_affine());
    let info = [b"WebPush: info\0", uncompressed(&to.public_key).as_slice(), &ours].concat();
    let secret: [u8; 32] = derived(&to.auth, shared.raw_secret_bytes(), &info);
    let key: [u8; 16] = derived(&fresh.salt, &secret, b"Content-Encoding: aes128gcm\0");
    let nonce: [u8; 12] = derived(&fresh.salt, &secret, b"Content-Encoding: nonce\0");
    let padded = [text, &[LAST]].concat();
    let sealed = Aes128Gcm::new(&key.into()).encrypt(&nonce.into(), padded.as_slice());
    let sealed = sealed.expect("a short text is below the limit");
    let length = u8::try_from(ours.len()).expect("a public key has 65 bytes");
    [fresh.salt.as_slice(), &RECORD.to_be_bytes(), &[length], &ours, &sealed].concat()
}

fn derived<const N: usize>(salt: &[u8], secret: &[u8], info: &[u8]) -> [u8; N] {
    let mut out = [0; N];
    Hkdf::<Sha256>::new(Some(salt), secret).expand(info, &mut out).expect("a key is short");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    #[test]
    fn example_of_the_standard_is_encrypted_as_the_standard_says() {
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
        let subscription = PushSubscription::parse(
            "https://fcm.googleapis.com/fcm/send/x",
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "BTBZMqHH6r4Tts7J_aSIgg",
        );
        let fresh = Fresh {
            salt: bytes("DGv6ra1nlYgDCS1FRnbzlw").try_into().unwrap(),
            key: SecretKey::from_slice(&bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")).unwrap(),
        };
        let sealed = encrypt(b"When I grow up, I want to be a watermelon", &subscription.unwrap(), &fresh);
        assert_eq!(
            URL_SAFE_NO_PAD.encode(sealed),
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBr\
             u3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
        );
    }
}
