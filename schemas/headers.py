"""Well-known names of columns, as CRMs, shops and mail tools export them, and the contact's fields that they mean."""

import unicodedata
from collections.abc import Sequence
from typing import Final

_WORDS: Final = {
    "email": (
        "email, e-mail, email address, e-mail address, e-mail 1 - value, primary email, email 1, email1, mail, "
        "work email, business email, contact email, customer email, subscriber email, emailaddr, e-mail-adresse, "
        "mailadresse, courriel, adresse e-mail, adresse mail, correo, correo electronico, email adres, "
        "posta elettronica"
    ),
    "customerID": (
        "customer id, customer number, customer no, client id, contact id, record id, user id, member id, "
        "kundennummer, kunden-nr, numero client, id cliente, klantnummer, ext id, external id"
    ),
    "title": "salutation, name prefix, prefix, honorific, anrede, civilite, tratamiento, aanhef",
    "company": (
        "company, company name, organization, organisation, organization name, organisation name, account name, "
        "associated company, employer, business name, firma, unternehmen, societe, entreprise, empresa, "
        "azienda, bedrijf"
    ),
    "firstName": (
        "first name, firstname, fname, given name, forename, first, contact first name, vorname, prenom, nombre, "
        "voornaam, primeiro nome"
    ),
    "lastName": (
        "last name, lastname, lname, surname, family name, last, contact last name, nachname, familienname, "
        "nom, nom de famille, apellido, apellidos, cognome, achternaam, sobrenome"
    ),
    "dateOfBirth": (
        "date of birth, birth date, birthday, birthdate, dob, geburtsdatum, geburtstag, date de naissance, "
        "fecha de nacimiento, data di nascita, geboortedatum, data de nascimento"
    ),
    "phone": (
        "phone, phone number, telephone, phone 1 - value, business phone, work phone, home phone, primary phone, tel, "
        "telefon, telefonnummer, numero de telephone, telefono, telefoon"
    ),
    "mobileNumber": (
        "mobile, mobile phone, mobile number, mobile phone number, cell, cell phone, cellphone, sms, "
        "sms number, handy, "
        "mobil, mobiltelefon, mobilnummer, portable, telephone portable, movil, celular, cellulare, mobiel"
    ),
    "fax": "fax, fax number, business fax, home fax, faxnummer",
    "address1": (
        "address, address 1, address line 1, street, street address, street 1, mailing street, mailing address, "
        "business street, home street, address 1 - street, strasse, anschrift, adresse, rue, direccion, calle, "
        "indirizzo, via, adres, straat, endereco"
    ),
    "address2": (
        "address 2, address line 2, street 2, business street 2, home street 2, apartment, suite, unit, "
        "adresszusatz, complement d'adresse, complemento"
    ),
    "city": (
        "city, town, mailing city, business city, home city, address 1 - city, ort, stadt, wohnort, ville, ciudad, "
        "citta, plaats, woonplaats, cidade"
    ),
    "state": (
        "state, state/region, region, province, county, mailing state, business state, home state, address 1 - region, "
        "state/province, state code, bundesland, provincia, estado"
    ),
    "zipCode": (
        "zip, zip code, zipcode, postal code, postcode, post code, zip/postal code, mailing zip/postal code, "
        "business postal code, home postal code, address 1 - postal code, plz, postleitzahl, code postal, cp, "
        "codigo postal, cap, cep"
    ),
    "country": (
        "country, country/region, country code, cc, mailing country, business country/region, home country/region, "
        "address 1 - country, land, pays, pais, paese"
    ),
    "notes": (
        "notes, note, comments, comment, remarks, bemerkung, bemerkungen, notiz, notizen, remarques, notas, opmerkingen"
    ),
    "originalSource": "source, lead source, original source, acquisition source, utm source, herkunft, quelle",
    "ipAddress": "ip, ip address, optin ip, confirm ip, signup ip, opt-in ip",
}
"""By field, the names it goes by, the usual one first; English and the languages of Europe that exports come in."""


def plain_name(name: str) -> str:
    """Return a column's name without case, accents, spaces and punctuation."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(one for one in letters if one.isalnum())


_RANKS: Final = {
    plain_name(word): (field, rank) for field, words in _WORDS.items() for rank, word in enumerate(words.split(", "))
}


def suggested_fields(header: Sequence[str]) -> dict[str, str]:
    """Return the columns that a field is known to go by, with that field; no field twice, nor a name that is not alone.

    Args:
        header: The names of the columns as found.
    """
    alike = [name.strip().casefold() for name in header]
    best: dict[str, tuple[int, int, str]] = {}
    for place, name in enumerate(header):
        field, rank = _RANKS.get(plain_name(name), ("", 0))
        if field and alike.count(alike[place]) == 1:
            best[field] = min(best.get(field, (rank, place, name)), (rank, place, name))
    return {name: field for field, (_, _, name) in sorted(best.items(), key=lambda item: item[1][1])}
