"""The programs that write such files, and what their headers mean. Data."""

TOOLS: dict[str, tuple[tuple[str, ...], ...]] = {
    "SmartLead": (("campaign_lead_map_id",),),
    "Apollo": (("Apollo Contact Id",), ("Company Name for Emails",), ("Person Linkedin Url",)),
    "ZoomInfo": (("ZoomInfo Contact ID",), ("Contact Accuracy Score",)),
    "Lusha": (("Company Main Industry",), ("Company Number of Employees",)),
    "PhantomBuster": (("defaultProfileUrl",), ("vmid",)),
    "Evaboot": (("Linkedin URL Public",), ("Matches Filters",)),
    "HubSpot": (("Record ID", "Contact owner"),),
    "Zoho": (("Lead Owner.id",),),
    "Close": (("primary_contact_primary_email",),),
    "Google Contacts": (("E-mail 1 - Value",),),
    "Outlook": (("E-mail Address", "Business Phone"),),
    "Mailchimp": (("LEID", "EUID"),),
    "lemlist": (("emailDeliverability",),),
    "listmonk": (("uuid", "attributes"),),
    "Brevo": (("EMAIL_BLACKLISTED",),),
    "LinkedIn": (("URL", "Connected On"),),
    "Pipedrive": (("Person - *",), ("Organization - *",)),
    "Leadgate": (("code", "reason", "row"),),
}
"""A tool by headers that tell of it: all of one group. A star stands for any end."""

BY_TOOL: dict[str, dict[str, str | None]] = {
    "PhantomBuster": {
        "companyUrl": None,
        "regularCompanyUrl": None,
        "defaultProfileUrl": "linkedin_profile",
    },
    "Outlook": {"Title": None, "Location": None},
    "Close": {"lead_name": "company_name", "display_name": None, "url": "website"},
    "LinkedIn": {"URL": "linkedin_profile"},
    "listmonk": {"attributes": "custom_fields"},
    "SmartLead": {"custom_fields": "custom_fields"},
    "Leadgate": {"custom_fields": "custom_fields"},
}
"""What a header means in one tool's files; None makes it a custom field like any other."""
