"""What headers, their neighbours and their cells suggest."""

import pytest

from app.imports.mapping.suggest import suggest
from tests.imports.mapping.tables import suggested, targets

LANGUAGES = {
    "English": """
        E-mail Address | Given Name | SURNAME   | company_name | Job title | City   | # Employees
        ann@x.com      | Ann        | Doe       | X Ltd        | CEO       | London | 11-50
    """,
    "German": """
        E-Mail-Adresse | Vorname | Nachname | Unternehmen | Funktion          | Stadt | Mitarbeiter
        ann@x.de       | Änne    | Groß     | X GmbH      | Geschäftsführerin | Köln  | 50
    """,
    "French": """
        Adresse e-mail | PRENOM | Nom    | Société | Fonction   | Ville | Effectif
        ann@x.fr       | Anne   | Dupont | X SARL  | Directrice | Lyon  | 50
    """,
    "Spanish": """
        Correo electrónico | Nombre | Apellidos   | Empresa | Cargo      | Ciudad | Empleados
        ana@x.es           | Ana    | García Ruiz | X SA    | Directora  | Madrid | 50
    """,
    "Czech": """
        E-mail    | Jméno | Příjmení | Název firmy | Pozice     | Město | Počet zaměstnanců
        anna@x.cz | Anna  | Nováková | X s.r.o.    | Ředitelka  | Brno  | 50
    """,
    "Italian": """
        Indirizzo e-mail | Nome | Cognome | Azienda | Ruolo       | Città | Dipendenti
        anna@x.it        | Anna | Rossi   | X SpA   | Direttrice  | Roma  | 50
    """,
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_table_in_each_language(language: str) -> None:
    assert targets(LANGUAGES[language]) == [
        "email",
        "first_name",
        "last_name",
        "company_name",
        "job_title",
        "city",
        "company_size",
    ]
    assert suggested(LANGUAGES[language]).warnings == ()


@pytest.mark.parametrize("other", ["employees", "# Employees", "Mitarbeiter"])
def test_a_fields_own_name_comes_first(other: str) -> None:
    rows = f"email | {other} | company_size\n ann@x.com | 12 | 11-50"
    assert targets(rows)[2] == "company_size"


CONTEXT = {
    "Title beside Job Title is Mr or Dr": (
        "Title | Job Title | Email",
        ["custom_fields.Title", "job_title", "email"],
    ),
    "Title alone is the position": ("Title | Email", ["job_title", "email"]),
    "unless it holds none": (
        "Title | Email\nMr | a@x.com\nDr. | b@x.com",
        ["custom_fields.Title", "email"],
    ),
    "German Titel beside Anrede": (
        "Anrede | Titel | E-Mail",
        ["custom_fields.Anrede", "custom_fields.Titel", "email"],
    ),
    "Name beside Given Name is all of it": (
        "Name | Given Name | Email",
        ["full_name", "first_name", "email"],
    ),
    "Name beside Vorname is the last": (
        "Name | Vorname | E-Mail",
        ["last_name", "first_name", "email"],
    ),
    "unless there is a Nachname": (
        "Name | Vorname | Nachname | E-Mail",
        ["full_name", "first_name", "last_name", "email"],
    ),
    "Jméno without Příjmení": ("Jméno | E-mail", ["full_name", "email"]),
    "Jméno with Příjmení": ("Jméno | Příjmení", ["first_name", "last_name"]),
    "Nom with both names in it": ("Nom | Email\nAnne Dupont | a@x.fr", ["full_name", "email"]),
    "Nombre with one name in it": ("Nombre | Email\nAna | a@x.es", ["first_name", "email"]),
    "user names are no names": (
        "Uživatelské jméno | username",
        ["custom_fields.Uživatelské jméno", "custom_fields.username"],
    ),
    "person before company": (
        "Company City | City | Company Country | Country",
        ["custom_fields.Company City", "city", "custom_fields.Company Country", "country"],
    ),
    "the first that is filled": (
        "Mobile Phone | Phone | Email\n+420777123456 | | a@x.com",
        ["phone_number", "custom_fields.Phone", "email"],
    ),
    "the company's phone at need": ("Company Phone | Email", ["phone_number", "email"]),
    "work before private": (
        "Private email | Work email 2 | Work email",
        ["custom_fields.Private email", "custom_fields.Work email 2", "email"],
    ),
    "the lowest number first": (
        "E-mail 3 Address | E-mail 2 Address | E-mail 2 Type",
        ["custom_fields.E-mail 3 Address", "email", "custom_fields.E-mail 2 Type"],
    ),
    "an address column without addresses": (
        "Email | Contact\nyes | a@x.com\nno | b@x.com",
        ["custom_fields.Email", "email"],
    ),
    "unless no other has one": (
        "First name | Email | Company\nAnn | n/a | X Ltd\nBob | unknown | Y Ltd",
        ["first_name", "email", "company_name"],
    ),
    "a private address does not make up for it": (
        "Private email | Notes\nn/a | X\nunknown | Y",
        ["custom_fields.Private email", "custom_fields.Notes"],
    ),
    "a page of a company is no person's": (
        "Linkedin URL | Profile\nlinkedin.com/company/x | https://www.linkedin.com/in/ann",
        ["custom_fields.Linkedin URL", "linkedin_profile"],
    ),
    "Sales Navigator's links last": (
        "profileUrl | defaultProfileUrl",
        ["custom_fields.profileUrl", "linkedin_profile"],
    ),
    "URL by its cells: a profile": (
        "URL | Email\nhttps://www.linkedin.com/in/ann | a@x.com",
        ["linkedin_profile", "email"],
    ),
    "URL by its cells: a website": ("URL | Email\nhttps://x.com/ | a@x.com", ["website", "email"]),
    "LinkedIn's company pages are no websites": (
        "companyUrl | website\nhttps://www.linkedin.com/company/x | https://x.com",
        ["custom_fields.companyUrl", "website"],
    ),
    "MA with letters is Massachusetts": (
        "MA | Email\nyes | a@x.com",
        ["custom_fields.MA", "email"],
    ),
    "then, not now": (
        "Previous Company Name | Previous Job Title | pastExperienceCompanyName",
        [
            "custom_fields.Previous Company Name",
            "custom_fields.Previous Job Title",
            "custom_fields.pastExperienceCompanyName",
        ],
    ),
    "Zoho's Lead Name is a person": (
        "Lead Owner.id | Lead Name",
        ["custom_fields.Lead Owner.id", "full_name"],
    ),
    "custom_fields without JSON": (
        "custom_fields | email\nblue | a@x.com",
        ["custom_fields.custom_fields", "email"],
    ),
}


@pytest.mark.parametrize("name", CONTEXT)
def test_headers_beside_each_other(name: str) -> None:
    text, expected = CONTEXT[name]
    assert targets(text) == expected


@pytest.mark.parametrize(
    "header",
    [
        "Email Confidence",
        "Primary Email Source",
        "Primary Email Catch-all Status",
        "Email Sent",
        "num_emails",
        "Email Opt Out",
        "EMAIL_BLACKLISTED",
        "E-mail 1 - Label",
        "E-mail Display Name",
        "EMAIL_TYPE",
        "Email Domain",
        "Full name or email",
        "Member email",
        "Contact owner",
        "Lead Owner",
        "EmailBouncedDate",
        "Created By",
    ],
)
def test_no_column_about_an_address_is_taken_for_one(header: str) -> None:
    assert [one.target for one in suggest([header], []).columns] == [f"custom_fields.{header}"]


def test_nor_does_a_colleagues_address_make_it_one() -> None:
    found = suggested("Contact owner | Company\nboss@us.com | X Ltd")
    assert [one.target for one in found.columns] == ["custom_fields.Contact owner", "company_name"]
    assert [warning.code for warning in found.warnings] == ["no_email_column"]


@pytest.mark.parametrize(
    "header",
    [
        "Lead Email",
        "contact_email",
        "Primary E-mail",
        "workEmail",
        "Prospect Email Address",
        "Email 3",
        "e\u2011mail",
    ],
)
def test_address_columns_that_no_list_knows(header: str) -> None:
    assert suggest([header], []).columns[0].target == "email"


def test_a_file_without_headers_tells_by_its_cells() -> None:
    found = suggested("""
        Column 1  | Column 2                        | Column 3         | Column 4       | Column 5 |
        ann@x.com | https://www.linkedin.com/in/ann | +420 777 123 456 | https://x.com  | Ann      |
        bob@x.com | https://linkedin.com/in/bob     | '+420777123457   | http://y.com   | Bob      |
        carl at x | linkedin.com/in/carl            | ="+420777123458" | https://z.io/a | Carl     |
    """)
    assert [one.target for one in found.columns] == [
        "email",
        "linkedin_profile",
        "phone_number",
        "website",
        "custom_fields.Column 5",
        None,
    ]
    assert found.columns[0].reason == "2 of 3 cells hold an @"
    assert [warning.code for warning in found.warnings] == ["header_missing"]


def test_a_header_that_is_merely_unknown_is_no_phone_number() -> None:
    assert targets("Order | Email\n+420777123456 | a@x.com") == ["custom_fields.Order", "email"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Vorname", "`Vorname` is German for first name"),
        ("Work Email", "`Work Email` is a usual header for email"),
        ("Seniority", "`Seniority` is none of a lead's fields"),
        ("Email\nyes", "`Email` is a usual header for email, though no cell looks like one"),
        ("Phone\nyes", "`Phone` says phone number, but its cells do not look like it"),
        ("URL|Connected On", "`URL` is LinkedIn's header for linkedin profile"),
    ],
)
def test_reasons(text: str, reason: str) -> None:
    assert suggested(text).columns[0].reason == reason


def test_the_reason_of_one_that_came_second() -> None:
    column = suggested("Email | Secondary Email").columns[1]
    assert column.reason == "`Secondary Email` is a usual header for email, but `Email` comes first"


def test_what_cells_confirm_is_surer() -> None:
    def confidence(text: str) -> float:
        return suggested(text).columns[0].confidence

    assert confidence("Email\na@x.com") == 1
    assert confidence("Email\na@x.com") > confidence("Email") > confidence("Secondary Email")
    assert confidence("Email\na@x.com") > confidence("Email\na@x.com\nnone") > 0.5


def test_a_variable_names_the_column_that_is_meant_for_it() -> None:
    found = suggested(
        "Email | Icebreaker | Company\na@x.com | Hi | X", "icebreaker", "company_name"
    )
    assert [one.target for one in found.columns] == [
        "email",
        "custom_fields.icebreaker",
        "company_name",
    ]
    assert found.warnings == (
        (
            "variable_case_differs",
            "Icebreaker",
            "`Icebreaker` fills {{icebreaker}} if it is named so.",
        ),
    )


def test_a_variable_that_is_there_as_written_needs_nothing() -> None:
    found = suggested("Email | icebreaker | Icebreaker", "icebreaker")
    assert [one.target for one in found.columns][1:] == [
        "custom_fields.icebreaker",
        "custom_fields.Icebreaker",
    ]
    assert found.warnings == ()


def test_variables_that_nothing_brings() -> None:
    found = suggested("Email | firstName | Full Name", "firstName", "offer", "last_name")
    assert found.warnings == (
        (
            "variable_missing",
            "firstName",
            "`firstName` becomes {{first_name}}, which is not {{firstName}}.",
        ),
        ("variable_missing", None, "No column brings {{offer}}."),
    )


def test_who_wants_no_mail_is_pointed_out() -> None:
    (warning,) = suggested("Email | Email Opt Out").warnings
    assert (warning.code, warning.column) == ("consent_column", "Email Opt Out")


def test_a_lead_has_so_many_custom_fields_only() -> None:
    columns = suggest(["Email", *(f"C{n}" for n in range(501))], []).columns
    assert [one.target for one in columns[-2:]] == ["custom_fields.C499", None]


def test_headers_that_would_have_one_name_are_numbered() -> None:
    long = "x" * 300
    columns = suggest(["Note", "Note ", f"{long}1", f"{long}2"], []).columns
    assert [one.target for one in columns] == [
        "custom_fields.Note",
        "custom_fields.Note 2",
        "custom_fields." + "x" * 200,
        "custom_fields." + "x" * 198 + " 2",
    ]
