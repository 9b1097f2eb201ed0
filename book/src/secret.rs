//! What nobody else can know.

/// A new one each time, from the system's source of chance: 32 digits.
pub fn secret() -> Result<String, String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|e| format!("there is no chance to be had: {e}"))?;
    let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
    Ok(digits.collect())
}
