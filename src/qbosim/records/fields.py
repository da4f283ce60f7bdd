"""Which properties each Intuit object has, and of what kind: the closed list that a request is held against.

Names and kinds are those of Intuit's public schema (Finance.xsd, July 2026). A kind is `text`, `id`,
`number`, `whole`, `flag`, `day`, `moment`, `anything`, another object of this table or a choice of
`CHOICES`; `*` marks a list.
"""

from __future__ import annotations

FIELDS: dict[str, str] = {
    "Account": (
        "domain:text sparse:flag status:EntityStatusEnum AccountAlias:text AccountEx:anything "
        "AccountPurposes:ReferenceType* AccountSubType:text AccountType:AccountTypeEnum AcctNum:text "
        "AcctNumExtn:text Active:flag AttachableRef:AttachableRef* BankNum:text "
        "Classification:AccountClassificationEnum CurrencyRef:ReferenceType CurrentBalance:number "
        "CurrentBalanceWithSubAccounts:number CustomField:CustomField* Description:text FIName:text "
        "FullyQualifiedName:text Id:id JournalCodeRef:ReferenceType MetaData:ModificationMetaData "
        "Name:text OnlineBankingEnabled:flag OpeningBalance:number OpeningBalanceDate:day "
        "ParentRef:ReferenceType SubAccount:flag SyncToken:text TaxAccount:flag TaxCodeRef:ReferenceType "
        "TxnLocationType:text"
    ),
    "AccountBasedExpenseLineDetail": (
        "AccountRef:ReferenceType BillableStatus:BillableStatusEnum ClassRef:ReferenceType "
        "CustomerRef:ReferenceType ExpenseDetailLineDetailEx:anything MarkupInfo:MarkupInfo "
        "TaxAmount:number TaxCodeRef:ReferenceType TaxInclusiveAmt:number"
    ),
    "AdvancedInventoryPrefs": (
        "BarcodeEnabled:flag EnhancedInventoryReceivingEnabled:flag FIFOEffectiveDate:day FIFOEnabled:flag "
        "MLIAvailable:flag MLIEnabled:flag RowShelfBinEnabled:flag TrackingOnBuildAssemblyEnabled:flag "
        "TrackingOnInventoryAdjustmentEnabled:flag TrackingOnPurchaseTransactionsEnabled:flag "
        "TrackingOnSalesTransactionsEnabled:flag TrackingSerialOrLotNumber:flag"
    ),
    "Attachable": (
        "domain:text sparse:flag status:EntityStatusEnum AttachableEx:anything "
        "AttachableRef:AttachableRef* Category:text ContentType:text CustomField:CustomField* "
        "FileAccessUri:text FileName:text Id:id Lat:text Long:text MetaData:ModificationMetaData Note:text "
        "PlaceName:text Size:whole SyncToken:text Tag:text TempDownloadUri:text "
        "ThumbnailFileAccessUri:text ThumbnailTempDownloadUri:text documentId:text"
    ),
    "AttachableRef": (
        "AttachableRefEx:anything CustomField:CustomField* EntityRef:ReferenceType IncludeOnSend:flag "
        "LineInfo:id"
    ),
    "Bill": (
        "domain:text sparse:flag status:EntityStatusEnum APAccountRef:ReferenceType "
        "AttachableRef:AttachableRef* Balance:number BillEmail:EmailAddress BillEx:anything "
        "CurrencyRef:ReferenceType CustomField:CustomField* DepartmentRef:ReferenceType DocNumber:text "
        "DueDate:day ExchangeRate:number GlobalTaxCalculation:GlobalTaxCalculationEnum HomeBalance:number "
        "HomeTotalCostAmount:number Id:id IncludeInAnnualTPAR:flag LessCIS:number Line:Line* "
        "LinkedTxn:LinkedTxn* Memo:text MetaData:ModificationMetaData PayerRef:ReferenceType "
        "PrivateNote:text ProjectRef:ReferenceType RecurDataRef:ReferenceType RecurringInfo:RecurringInfo "
        "RemitToAddr:PhysicalAddress ReplyEmail:EmailAddress SalesTermRef:ReferenceType "
        "ShipAddr:PhysicalAddress SyncToken:text Tag:Tag* TaxFormNum:text TaxFormType:text TotalAmt:number "
        "TotalCostAmount:number TransactionLocationType:text TxnApprovalInfo:TxnApprovalInfo TxnDate:day "
        "TxnSource:text TxnStatus:text TxnSubType:TxnSubTypeEnum TxnTaxDetail:TxnTaxDetail "
        "VendorAddr:PhysicalAddress VendorRef:ReferenceType"
    ),
    "BillPayment": (
        "domain:text sparse:flag status:EntityStatusEnum APAccountRef:ReferenceType "
        "AttachableRef:AttachableRef* BillPaymentEx:anything CheckPayment:BillPaymentCheck "
        "CreditCardPayment:BillPaymentCreditCard CurrencyRef:ReferenceType CustomField:CustomField* "
        "DepartmentRef:ReferenceType DocNumber:text ExchangeRate:number HomeTotalCostAmount:number Id:id "
        "Line:Line* LinkedTxn:LinkedTxn* MetaData:ModificationMetaData PayType:BillPaymentTypeEnum "
        "PrivateNote:text ProjectRef:ReferenceType RecurDataRef:ReferenceType RecurringInfo:RecurringInfo "
        "SyncToken:text Tag:Tag* TaxFormNum:text TaxFormType:text TotalAmt:number TotalCostAmount:number "
        "TransactionLocationType:text TxnApprovalInfo:TxnApprovalInfo TxnDate:day TxnSource:text "
        "TxnStatus:text TxnSubType:TxnSubTypeEnum TxnTaxDetail:TxnTaxDetail VendorAddr:PhysicalAddress "
        "VendorRef:ReferenceType"
    ),
    "BillPaymentCheck": (
        "BankAccountRef:ReferenceType BillPaymentCheckEx:anything CheckDetail:CheckPayment "
        "PayeeAddr:PhysicalAddress PrintStatus:PrintStatusEnum"
    ),
    "BillPaymentCreditCard": "BillPaymentCreditCardEx:anything CCAccountRef:ReferenceType CCDetail:CreditCardPayment",
    "Budget": (
        "domain:text sparse:flag status:EntityStatusEnum Active:flag AttachableRef:AttachableRef* "
        "BudgetDetail:BudgetDetail* BudgetEntryType:BudgetEntryTypeEnum BudgetType:BudgetTypeEnum "
        "CustomField:CustomField* EndDate:day Id:id MetaData:ModificationMetaData Name:text StartDate:day "
        "SyncToken:text"
    ),
    "BudgetCustomExtensionAssociatedValue": "Key:text Value:text",
    "BudgetCustomExtensions": "AssociatedValue:BudgetCustomExtensionAssociatedValue ExtensionType:text",
    "BudgetDetail": (
        "AccountRef:ReferenceType Amount:number BudgetDate:day ClassRef:ReferenceType "
        "CustomExtensions:BudgetCustomExtensions* CustomerRef:ReferenceType DepartmentRef:ReferenceType"
    ),
    "CashBackInfo": "AccountRef:ReferenceType Amount:number Memo:text",
    "CheckPayment": "AcctNum:text BankName:text CheckNum:text CheckPaymentEx:anything NameOnAcct:text Status:text",
    "Class": (
        "domain:text sparse:flag status:EntityStatusEnum Active:flag AttachableRef:AttachableRef* "
        "ClassEx:anything CustomField:CustomField* FullyQualifiedName:text Id:id "
        "MetaData:ModificationMetaData Name:text ParentRef:ReferenceType SubClass:flag SyncToken:text"
    ),
    "CompanyAccountingPrefs": (
        "AutoJournalEntryNumber:flag BookCloseDate:day ClassTrackingPerTxn:flag "
        "ClassTrackingPerTxnLine:flag CustomerTerminology:text DefaultAPAccount:ReferenceType "
        "DefaultARAccount:ReferenceType DepartmentTerminology:text FirstMonthOfFiscalYear:MonthEnum "
        "OtherContactInfo:ContactInfo* RequiresAccounts:flag TaxForm:text TaxYearMonth:MonthEnum "
        "TrackDepartments:flag UseAccountNumbers:flag"
    ),
    "CompanyCurrency": (
        "domain:text sparse:flag status:EntityStatusEnum Active:flag AttachableRef:AttachableRef* "
        "Code:text CompanyCurrencyEx:anything CustomField:CustomField* Id:id MetaData:ModificationMetaData "
        "Name:text SyncToken:text"
    ),
    "CompanyInfo": (
        "domain:text sparse:flag status:EntityStatusEnum AttachableRef:AttachableRef* "
        "CompanyAddr:PhysicalAddress CompanyEmailAddr:EmailAddress CompanyFileName:text "
        "CompanyInfoEx:anything CompanyName:text CompanyStartDate:day CompanyURL:WebSiteAddress "
        "CompanyUserAdminEmail:text CompanyUserId:text Country:text CustomField:CustomField* "
        "CustomerCommunicationAddr:PhysicalAddress CustomerCommunicationEmailAddr:EmailAddress "
        "DefaultTimeZone:text Email:EmailAddress EmployerId:text Fax:TelephoneNumber "
        "FifoCalculationStatus:FifoCalculationStatus FiscalYearStartMonth:MonthEnum FlavorStratum:text "
        "Id:id LastImportedTime:moment LastSyncTime:moment LegalAddr:PhysicalAddress LegalName:text "
        "MetaData:ModificationMetaData Mobile:TelephoneNumber MultiByteCharsSupported:flag "
        "NameValue:NameValue* OtherAddr:PhysicalAddress* OtherContactInfo:ContactInfo* "
        "PrimaryPhone:TelephoneNumber QBVersion:text SampleFile:flag ShipAddr:PhysicalAddress "
        "SupportedLanguages:text SyncToken:text TaxYearStartMonth:MonthEnum WebAddr:WebSiteAddress"
    ),
    "ContactInfo": (
        "Email:EmailAddress OtherContact:GenericContactType Telephone:TelephoneNumber Type:ContactTypeEnum "
        "WebSite:WebSiteAddress"
    ),
    "ConvenienceFeeDetail": (
        "domain:text sparse:flag status:EntityStatusEnum AttachableRef:AttachableRef* "
        "ConvenienceFeePercent:number ConvenienceFeeType:ConvenienceFeeTypeEnum CustomField:CustomField* "
        "Id:id MetaData:ModificationMetaData SyncToken:text"
    ),
    "CreditCardPayment": "CreditChargeInfo:CreditChargeInfo CreditChargeResponse:CreditChargeResponse",
    "CreditCardPaymentTxn": (
        "domain:text sparse:flag status:EntityStatusEnum Amount:number AttachableRef:AttachableRef* "
        "BankAccountRef:ReferenceType CheckNum:text CreditCardAccountRef:ReferenceType "
        "CreditCardPaymentEx:anything CurrencyRef:ReferenceType CustomField:CustomField* "
        "DepartmentRef:ReferenceType DocNumber:text ExchangeRate:number HomeTotalCostAmount:number Id:id "
        "Line:Line* LinkedTxn:LinkedTxn* Memo:text MetaData:ModificationMetaData "
        "PrintStatus:PrintStatusEnum PrivateNote:text ProjectRef:ReferenceType RecurDataRef:ReferenceType "
        "RecurringInfo:RecurringInfo SyncToken:text Tag:Tag* TaxFormNum:text TaxFormType:text "
        "TotalCostAmount:number TransactionLocationType:text TxnApprovalInfo:TxnApprovalInfo TxnDate:day "
        "TxnSource:text TxnStatus:text TxnSubType:TxnSubTypeEnum TxnTaxDetail:TxnTaxDetail "
        "VendorRef:ReferenceType"
    ),
    "CreditChargeInfo": (
        "Amount:number BillAddrStreet:text CCTxnMode:CCTxnModeEnum CCTxnType:CCTxnTypeEnum "
        "CcExpiryMonth:whole CcExpiryYear:whole CommercialCardCode:text CreditCardChargeInfoEx:anything "
        "NameOnAcct:text Number:text PostalCode:text PrevCCTransId:text ProcessPayment:flag Type:text"
    ),
    "CreditChargeResponse": (
        "AuthCode:text AvsStreet:CCAVSMatchEnum AvsZip:CCAVSMatchEnum CCProcessor:text CCTransId:text "
        "CardSecurityCodeMatch:CCSecurityCodeMatchEnum ClientTransID:text CreditChargeResponseEx:anything "
        "MerchantAcctNum:text PaymentGroupingCode:whole ReconBatchId:text ResultCode:whole ResultMsg:text "
        "SecurityCode:text Status:CCPaymentStatusEnum TxnAuthorizationStamp:whole "
        "TxnAuthorizationTime:moment"
    ),
    "CreditMemo": (
        "domain:text sparse:flag status:EntityStatusEnum ARAccountRef:ReferenceType "
        "ApplyTaxAfterDiscount:flag AttachableRef:AttachableRef* AutoDocNumber:flag Balance:number "
        "BillAddr:PhysicalAddress BillEmail:EmailAddress BillEmailBcc:EmailAddress "
        "BillEmailCc:EmailAddress CheckPayment:CheckPayment ClassRef:ReferenceType "
        "CreditCardPayment:CreditCardPayment CreditMemoEx:anything CurrencyRef:ReferenceType "
        "CustomField:CustomField* CustomerMemo:MemoRef CustomerRef:ReferenceType "
        "DeliveryInfo:TransactionDeliveryInfo DepartmentRef:ReferenceType "
        "DepositToAccountRef:ReferenceType DiscountAmt:number DiscountRate:number DocNumber:text "
        "DueDate:day EmailStatus:EmailStatusEnum ExchangeRate:number FOB:text FinanceCharge:flag "
        "FreeFormAddress:flag GlobalTaxCalculation:GlobalTaxCalculationEnum GovtTxnRefIdentifier:text "
        "HomeBalance:number HomeTotalAmt:number HomeTotalCostAmount:number Id:id InvoiceRef:ReferenceType "
        "Line:Line* LinkedTxn:LinkedTxn* MetaData:ModificationMetaData PONumber:text "
        "PaymentMethodRef:ReferenceType PaymentRefNum:text PaymentType:PaymentTypeEnum "
        "PrintStatus:PrintStatusEnum PrivateNote:text ProjectRef:ReferenceType RecurDataRef:ReferenceType "
        "RecurringInfo:RecurringInfo RemainingCredit:number RemitToRef:ReferenceType "
        "SalesRepRef:ReferenceType SalesTermRef:ReferenceType ShipAddr:PhysicalAddress ShipDate:day "
        "ShipFromAddr:PhysicalAddress ShipMethodRef:ReferenceType ShippingTaxIncludedInTotalTax:flag "
        "SyncToken:text Tag:Tag* TaxExemptionRef:ReferenceType TaxFormNum:text TaxFormType:text "
        "TemplateRef:ReferenceType TotalAmt:number TotalCostAmount:number TrackingNum:text "
        "TransactionLocationType:text TxnApprovalInfo:TxnApprovalInfo TxnDate:day TxnSource:text "
        "TxnStatus:text TxnSubType:TxnSubTypeEnum TxnTaxDetail:TxnTaxDetail"
    ),
    "CurrencyPrefs": "HomeCurrency:ReferenceType MultiCurrencyEnabled:flag",
    "CustomExtensionAssociatedValues": "Key:text Value:text",
    "CustomExtensions": "AssociatedValues:CustomExtensionAssociatedValues* ExtensionType:text",
    "CustomField": (
        "BooleanValue:flag DateValue:day DefinitionId:id Name:text NumberValue:number StringValue:text "
        "Type:CustomFieldTypeEnum"
    ),
    "CustomFieldDefinition": (
        "domain:text sparse:flag status:EntityStatusEnum AppId:text AttachableRef:AttachableRef* "
        "CustomField:CustomField* EntityType:text Hidden:flag Id:id MetaData:ModificationMetaData "
        "Name:text Required:flag SyncToken:text"
    ),
    "Customer": (
        "domain:text sparse:flag status:EntityStatusEnum ARAccountRef:ReferenceType AcctNum:text "
        "Active:flag AltContactName:text AlternatePhone:TelephoneNumber AttachableRef:AttachableRef* "
        "Balance:number BalanceWithJobs:number BillAddr:PhysicalAddress BillWithParent:flag "
        "BusinessNumber:text CCDetail:CreditChargeInfo ClientCompanyId:text ClientEntityId:text "
        "CompanyName:text ContactName:text CreditLimit:number CurrencyRef:ReferenceType "
        "CustomField:CustomField* CustomerEx:anything CustomerTypeRef:ReferenceType "
        "DefaultTaxCodeRef:ReferenceType DisplayName:text FamilyName:text Fax:TelephoneNumber "
        "FullyQualifiedName:text GSTIN:text GSTRegistrationType:text GivenName:text Id:id IntuitId:text "
        "IsCISContractor:flag IsProject:flag Job:flag JobInfo:JobInfo Level:whole "
        "MetaData:ModificationMetaData MiddleName:text Mobile:TelephoneNumber Notes:text "
        "OpenBalanceDate:day Organization:flag OtherAddr:PhysicalAddress* OtherContactInfo:ContactInfo* "
        "OverDueBalance:number ParentRef:ReferenceType PaymentMethodRef:ReferenceType "
        "PreferredDeliveryMethod:text PriceLevelRef:ReferenceType PrimaryEmailAddr:EmailAddress "
        "PrimaryPhone:TelephoneNumber PrimaryTaxIdentifier:text PrintOnCheckName:text ResaleNum:text "
        "RootCustomerRef:ReferenceType SalesRepRef:ReferenceType SalesTermRef:ReferenceType "
        "SecondaryTaxIdentifier:text ShipAddr:PhysicalAddress Source:text Suffix:text SyncToken:text "
        "TDSEnabled:flag TaxExemptionReasonId:text TaxGroupCodeRef:ReferenceType TaxRateRef:ReferenceType "
        "TaxRegime:text Taxable:flag Title:text TotalExpense:number TotalRevenue:number UserId:text "
        "V4IDPseudonym:text WebAddr:WebSiteAddress"
    ),
    "CustomerType": (
        "domain:text sparse:flag status:EntityStatusEnum Active:flag AttachableRef:AttachableRef* "
        "CustomField:CustomField* FullyQualifiedName:text Id:id MetaData:ModificationMetaData Name:text "
        "ParentRef:ReferenceType SyncToken:text"
    ),
    "Department": (
        "domain:text sparse:flag status:EntityStatusEnum Active:flag Address:PhysicalAddress "
        "AttachableRef:AttachableRef* CustomField:CustomField* DepartmentEx:anything "
        "FullyQualifiedName:text Id:id MetaData:ModificationMetaData Name:text ParentRef:ReferenceType "
        "SubDepartment:flag SyncToken:text"
    ),
    "Deposit": (
        "domain:text sparse:flag status:EntityStatusEnum AttachableRef:AttachableRef* "
        "CashBack:CashBackInfo CurrencyRef:ReferenceType CustomField:CustomField* "
        "DepartmentRef:ReferenceType DepositEx:anything DepositToAccountRef:ReferenceType DocNumber:text "
        "ExchangeRate:number GlobalTaxCalculation:GlobalTaxCalculationEnum HomeTotalAmt:number "
        "HomeTotalCostAmount:number Id:id Line:Line* LinkedTxn:LinkedTxn* MetaData:ModificationMetaData "
        "PrivateNote:text ProjectRef:ReferenceType RecurDataRef:ReferenceType RecurringInfo:RecurringInfo "
        "SyncToken:text Tag:Tag* TaxFormNum:text TaxFormType:text TotalAmt:number TotalCostAmount:number "
        "TransactionLocationType:text TxnApprovalInfo:TxnApprovalInfo TxnDate:day TxnSource:text "
        "TxnStatus:text TxnSubType:TxnSubTypeEnum TxnTaxDetail:TxnTaxDetail"
    ),
    "DepositLineDetail": (
        "AccountRef:ReferenceType CheckNum:text ClassRef:ReferenceType DepositLineDetailEx:anything "
        "Entity:ReferenceType PaymentMethodRef:ReferenceType TaxApplicableOn:TaxApplicableOnEnum "
        "TaxCodeRef:ReferenceType TxnType:TxnTypeEnum"
    ),
    "DescriptionLineDetail": "DescriptionLineDetailEx:anything ServiceDate:day TaxCodeRef:ReferenceType",
    "DiscountLineDetail": (
        "ClassRef:ReferenceType DiscountAccountRef:ReferenceType DiscountLineDetailEx:anything "
        "DiscountPercent:number DiscountRef:ReferenceType PercentBased:flag ServiceDate:day "
        "TaxCodeRef:ReferenceType"
    ),
    "DiscountOverride": (
        "DiscountAccountRef:ReferenceType DiscountPercent:number DiscountRef:ReferenceType PercentBased:flag"
    ),
    "EffectiveTaxRate": "EffectiveDate:moment EffectiveTaxRateEx:anything EndDate:moment RateValue:number",
    "EmailAddress": "Address:text Default:flag Id:id Tag:text",
    "EmailMessage": "Message:text Subject:text",
    "EmailMessagesPrefs": (
        "EstimateMessage:EmailMessage InvoiceMessage:EmailMessage NameValue:NameValue* "
        "SalesReceiptMessage:EmailMessage StatementMessage:EmailMessage"
    ),
    "Employee": (
        "domain:text sparse:flag status:EntityStatusEnum Active:flag AlternatePhone:TelephoneNumber "
        "AttachableRef:AttachableRef* BillRate:number BillableTime:flag BirthDate:day CompanyName:text "
        "CostRate:number CustomField:CustomField* DefaultTaxCodeRef:ReferenceType DisplayName:text "
        "EmployeeEx:anything EmployeeNumber:text EmployeeType:text FamilyName:text Fax:TelephoneNumber "
        "FullyQualifiedName:text Gender:gender GivenName:text HiredDate:day Id:id IntuitId:text "
        "MetaData:ModificationMetaData MiddleName:text Mobile:TelephoneNumber Notes:text Organization:flag "
        "OtherAddr:PhysicalAddress* OtherContactInfo:ContactInfo* PrimaryAddr:PhysicalAddress "
        "PrimaryEmailAddr:EmailAddress PrimaryPhone:TelephoneNumber PrintOnCheckName:text ReleasedDate:day "
        "SSN:text Suffix:text SyncToken:text Title:text UseTimeEntry:TimeEntryUsedForPaychecksEnum "
        "UserId:text V4IDPseudonym:text WebAddr:WebSiteAddress"
    ),
    "EnabledSurchargeInfo": "ACH:SurchargePaymentMethodInfo Card:SurchargePaymentMethodInfo Enabled:flag",
    "EntityTypeRef": "EntityRef:ReferenceType Type:EntityTypeEnum",
    "Error": "Detail:text DetailLink:text Message:text code:text element:text",
    "Estimate": (
        "domain:text sparse:flag status:EntityStatusEnum ARAccountRef:ReferenceType AcceptedBy:text "
        "AcceptedDate:day ApplyTaxAfterDiscount:flag AttachableRef:AttachableRef* AutoDocNumber:flag "
        "Balance:number BillAddr:PhysicalAddress BillEmail:EmailAddress BillEmailBcc:EmailAddress "
        "BillEmailCc:EmailAddress CheckPayment:CheckPayment ClassRef:ReferenceType "
        "CreditCardPayment:CreditCardPayment CurrencyRef:ReferenceType CustomField:CustomField* "
        "CustomerMemo:MemoRef CustomerRef:ReferenceType DeliveryInfo:TransactionDeliveryInfo "
        "DepartmentRef:ReferenceType DepositToAccountRef:ReferenceType DiscountAmt:number "
        "DiscountRate:number DocNumber:text DueDate:day EmailStatus:EmailStatusEnum EstimateEx:anything "
        "ExchangeRate:number ExpirationDate:day FOB:text FinanceCharge:flag FreeFormAddress:flag "
        "GlobalTaxCalculation:GlobalTaxCalculationEnum GovtTxnRefIdentifier:text HomeBalance:number "
        "HomeTotalAmt:number HomeTotalCostAmount:number Id:id Line:Line* LinkedTxn:LinkedTxn* "
        "MetaData:ModificationMetaData PONumber:text PaymentMethodRef:ReferenceType PaymentRefNum:text "
        "PaymentType:PaymentTypeEnum PrintStatus:PrintStatusEnum PrivateNote:text ProjectRef:ReferenceType "
        "RecurDataRef:ReferenceType RecurringInfo:RecurringInfo RemitToRef:ReferenceType "
        "SalesRepRef:ReferenceType SalesTermRef:ReferenceType ShipAddr:PhysicalAddress ShipDate:day "
        "ShipFromAddr:PhysicalAddress ShipMethodRef:ReferenceType ShippingTaxIncludedInTotalTax:flag "
        "SyncToken:text Tag:Tag* TaxExemptionRef:ReferenceType TaxFormNum:text TaxFormType:text "
        "TemplateRef:ReferenceType TotalAmt:number TotalCostAmount:number TrackingNum:text "
        "TransactionLocationType:text TxnApprovalInfo:TxnApprovalInfo TxnDate:day TxnSource:text "
        "TxnStatus:text TxnSubType:TxnSubTypeEnum TxnTaxDetail:TxnTaxDetail"
    ),
    "ExchangeRate": (
        "domain:text sparse:flag status:EntityStatusEnum AsOfDate:day AttachableRef:AttachableRef* "
        "CustomField:CustomField* ExchangeRateEx:anything Id:id MetaData:ModificationMetaData Rate:number "
        "SourceCurrencyCode:text SyncToken:text TargetCurrencyCode:text"
    ),
    "Fault": "Error:Error* type:text",
    "FinanceChargePrefs": (
        "AnnualInterestRate:number AssessFinChrgForOverdueCharges:flag CalcFinChrgFromTxnDate:flag "
        "FinChrgAccountRef:ReferenceType GracePeriod:whole MinFinChrg:number"
    ),
    "GenericContactType": "Default:flag Id:id Name:text Tag:text Type:text Value:text",
    "GroupLineDetail": (
        "GroupItemRef:ReferenceType GroupLineDetailEx:anything Line:Line* Quantity:number ServiceDate:day "
        "UOMRef:UOMRef"
    ),
    "InventoryAdjustment": (
        "domain:text sparse:flag status:EntityStatusEnum AdjustAccountRef:ReferenceType "
        "AttachableRef:AttachableRef* CurrencyRef:ReferenceType CustomField:CustomField* "
        "CustomerRef:ReferenceType DepartmentRef:ReferenceType DocNumber:text ExchangeRate:number "
        "HomeTotalCostAmount:number Id:id Line:Line* LinkedTxn:LinkedTxn* MetaData:ModificationMetaData "
        "PrivateNote:text ProjectRef:ReferenceType RecurDataRef:ReferenceType RecurringInfo:RecurringInfo "
        "ShippingAdjustment:flag SyncToken:text Tag:Tag* TaxFormNum:text TaxFormType:text "
        "TotalCostAmount:number TransactionLocationType:text TxnApprovalInfo:TxnApprovalInfo TxnDate:day "
        "TxnSource:text TxnStatus:text TxnSubType:TxnSubTypeEnum TxnTaxDetail:TxnTaxDetail"
    ),
    "Invoice": (
        "domain:text sparse:flag status:EntityStatusEnum ARAccountRef:ReferenceType AllowIPNPayment:flag "
        "AllowOnlineACHPayment:flag AllowOnlineAffirmPayment:flag AllowOnlineCreditCardPayment:flag "
        "AllowOnlinePayPalPayment:flag AllowOnlinePayment:flag ApplyTaxAfterDiscount:flag "
        "AttachableRef:AttachableRef* AutoDocNumber:flag AutoPayEligible:flag Balance:number "
        "BillAddr:PhysicalAddress BillEmail:EmailAddress BillEmailBcc:EmailAddress "
        "BillEmailCc:EmailAddress CfdiUse:whole CheckPayment:CheckPayment ClassRef:ReferenceType "
        "ConvenienceFeeDetail:ConvenienceFeeDetail CreditCardPayment:CreditCardPayment "
        "CurrencyRef:ReferenceType CustomField:CustomField* CustomerMemo:MemoRef CustomerRef:ReferenceType "
        "DeliveryInfo:TransactionDeliveryInfo DepartmentRef:ReferenceType Deposit:number "
        "DepositToAccountRef:ReferenceType DiscountAmt:number DiscountRate:number DocNumber:text "
        "DueDate:day ECloudStatusTimeStamp:moment EInvoiceStatus:ETransactionStatusEnum "
        "EmailStatus:EmailStatusEnum EnabledSurchargeInfo:EnabledSurchargeInfo ExchangeRate:number "
        "Exportation:text FOB:text FinanceCharge:flag FinancingProductType:FinancingProductTypeEnum "
        "FreeFormAddress:flag GlobalInfo:MXGlobalInfo GlobalTaxCalculation:GlobalTaxCalculationEnum "
        "GovtTxnRefIdentifier:text GratuityEnabled:flag HomeBalance:number HomeTotalAmt:number "
        "HomeTotalCostAmount:number Id:id InvoiceEx:anything InvoiceLink:text InvoiceLinkExpiryDate:day "
        "InvoiceLinkSecurityCode:text LessCIS:number Line:Line* LinkedTxn:LinkedTxn* "
        "MetaData:ModificationMetaData PONumber:text PaymentDetailsMessage:text "
        "PaymentMethodRef:ReferenceType PaymentRefNum:text PaymentType:PaymentTypeEnum "
        "PrintStatus:PrintStatusEnum PrivateNote:text ProjectRef:ReferenceType RecurDataRef:ReferenceType "
        "RecurringInfo:RecurringInfo RemitToRef:ReferenceType SalesRepRef:ReferenceType "
        "SalesTermRef:ReferenceType SchedulePayEligible:flag ScheduledPaymentId:text "
        "ShipAddr:PhysicalAddress ShipDate:day ShipFromAddr:PhysicalAddress ShipMethodRef:ReferenceType "
        "ShippingTaxIncludedInTotalTax:flag SubscriptionPaymentsSetting:SubscriptionPaymentsSettingEnum "
        "SyncToken:text Tag:Tag* TaxExemptionRef:ReferenceType TaxFormNum:text TaxFormType:text "
        "TemplateRef:ReferenceType TotalAmt:number TotalCostAmount:number TrackingNum:text "
        "TransactionLocationType:text TxnApprovalInfo:TxnApprovalInfo TxnDate:day "
        "TxnRetainageDetail:TxnRetainageDetail TxnSource:text TxnStatus:text TxnSubType:TxnSubTypeEnum "
        "TxnTaxDetail:TxnTaxDetail callToAction:text invoiceStatus:text invoiceStatusLog:StatusInfo*"
    ),
    "Item": (
        "domain:text sparse:flag status:EntityStatusEnum AbatementRate:number Active:flag "
        "AssetAccountRef:ReferenceType AttachableRef:AttachableRef* AvgCost:number BuildPoint:number "
        "COGSAccountRef:ReferenceType ClassRef:ReferenceType CustomExtensions:CustomExtensions* "
        "CustomField:CustomField* DeferredRevenue:flag DepositToAccountRef:ReferenceType Description:text "
        "ExpenseAccountRef:ReferenceType FullyQualifiedName:text Id:id IncomeAccountRef:ReferenceType "
        "InvStartDate:day ItemAssemblyDetail:ItemAssemblyDetail ItemCategoryType:text ItemEx:anything "
        "ItemGroupDetail:ItemGroupDetail Level:whole ManPartNum:text MetaData:ModificationMetaData "
        "Name:text ParentRef:ReferenceType PaymentMethodRef:ReferenceType PercentBased:flag "
        "PrefVendorRef:ReferenceType PrintGroupedItems:flag PurchaseCost:number PurchaseDesc:text "
        "PurchaseTaxCodeRef:ReferenceType PurchaseTaxIncluded:flag QtyOnHand:number "
        "QtyOnPurchaseOrder:number QtyOnSalesOrder:number RatePercent:number ReorderPoint:number "
        "ReverseChargeRate:number SalesTaxCodeRef:ReferenceType SalesTaxIncluded:flag ServiceType:text "
        "Sku:text Source:text SpecialItem:flag SpecialItemType:SpecialItemTypeEnum SubItem:flag "
        "SyncToken:text TaxClassificationRef:ReferenceType Taxable:flag TrackQtyOnHand:flag "
        "Type:ItemTypeEnum UOMSetRef:ReferenceType UQCDisplayText:text UQCId:text UnitPrice:number"
    ),
    "ItemAdjustmentLineDetail": "ClassRef:ReferenceType ItemRef:ReferenceType NewQty:number QtyDiff:number SalesPrice:number",
    "ItemAssemblyDetail": "ItemAssemblyLine:ItemComponentLine*",
    "ItemBasedExpenseLineDetail": (
        "BillableStatus:BillableStatusEnum ClassRef:ReferenceType CustomerRef:ReferenceType "
        "InventorySiteRef:ReferenceType ItemAccountRef:ReferenceType ItemBasedExpenseLineDetailEx:anything "
        "ItemRef:ReferenceType MarkupInfo:MarkupInfo PriceLevelRef:ReferenceType Qty:number "
        "RatePercent:number TaxClassificationRef:ReferenceType TaxCodeRef:ReferenceType "
        "TaxInclusiveAmt:number UOMRef:UOMRef UnitCostPrice:number UnitPrice:number"
    ),
    "ItemComponentLine": "ItemRef:ReferenceType Qty:number UOMRef:UOMRef",
    "ItemGroupDetail": "ItemGroupLine:ItemComponentLine*",
    "ItemReceiptLineDetail": "ItemReceiptLineDetailEx:anything",
    "JobInfo": (
        "Description:text EndDate:day JobTypeRef:ReferenceType ProjectedEndDate:day StartDate:day "
        "Status:JobStatusEnum"
    ),
    "JournalCode": (
        "domain:text sparse:flag status:EntityStatusEnum Active:flag AttachableRef:AttachableRef* "
        "CustomField:CustomField* Description:text Id:id JournalCodeEx:anything "
        "MetaData:ModificationMetaData Name:text SyncToken:text Type:text"
    ),
    "JournalEntry": (
        "domain:text sparse:flag status:EntityStatusEnum Adjustment:flag AttachableRef:AttachableRef* "
        "CurrencyRef:ReferenceType CustomField:CustomField* DepartmentRef:ReferenceType DocNumber:text "
        "EnteredInHomeCurrency:flag ExchangeRate:number GlobalTaxCalculation:GlobalTaxCalculationEnum "
        "HomeCurrencyAdjustment:flag HomeTotalAmt:number HomeTotalCostAmount:number Id:id "
        "JournalEntryEx:anything Line:Line* LinkedTxn:LinkedTxn* MetaData:ModificationMetaData "
        "PrivateNote:text ProjectRef:ReferenceType RecurDataRef:ReferenceType RecurringInfo:RecurringInfo "
        "SyncToken:text Tag:Tag* TaxFormNum:text TaxFormType:text TotalAmt:number TotalCostAmount:number "
        "TransactionLocationType:text TxnApprovalInfo:TxnApprovalInfo TxnDate:day TxnSource:text "
        "TxnStatus:text TxnSubType:TxnSubTypeEnum TxnTaxDetail:TxnTaxDetail"
    ),
    "JournalEntryLineDetail": (
        "AccountRef:ReferenceType BillableStatus:BillableStatusEnum ClassRef:ReferenceType "
        "DepartmentRef:ReferenceType Entity:EntityTypeRef JournalCodeRef:ReferenceType "
        "JournalEntryLineDetailEx:anything PostingType:PostingTypeEnum TaxAmount:number "
        "TaxApplicableOn:TaxApplicableOnEnum TaxCodeRef:ReferenceType TaxInclusiveAmt:number "
        "TaxRateRef:ReferenceType"
    ),
    "Line": (
        "AccountBasedExpenseLineDetail:AccountBasedExpenseLineDetail Amount:number CostAmount:number "
        "CustomExtensions:CustomExtensions* CustomField:CustomField* DepositLineDetail:DepositLineDetail "
        "Description:text DescriptionLineDetail:DescriptionLineDetail DetailType:LineDetailTypeEnum "
        "DiscountLineDetail:DiscountLineDetail GroupLineDetail:GroupLineDetail HomeCostAmount:number Id:id "
        "ItemAdjustmentLineDetail:ItemAdjustmentLineDetail "
        "ItemBasedExpenseLineDetail:ItemBasedExpenseLineDetail ItemReceiptLineDetail:ItemReceiptLineDetail "
        "JournalEntryLineDetail:JournalEntryLineDetail LineEx:anything LineNum:whole LinkedTxn:LinkedTxn* "
        "PaymentLineDetail:PaymentLineDetail ProjectRef:ReferenceType "
        "PurchaseOrderItemLineDetail:PurchaseOrderItemLineDetail Received:number "
        "ReimburseLineDetail:ReimburseLineDetail SalesItemLineDetail:SalesItemLineDetail "
        "SalesOrderItemLineDetail:SalesOrderItemLineDetail SubTotalLineDetail:SubTotalLineDetail "
        "TDSLineDetail:TDSLineDetail TaxLineDetail:TaxLineDetail"
    ),
    "LinkedTxn": "TxnId:id TxnLineId:id TxnType:text",
    "MXGlobalInfo": "Month:text Periodicity:text Year:text",
    "MarkupInfo": (
        "MarkUpIncomeAccountRef:ReferenceType Percent:number PercentBased:flag PriceLevelRef:ReferenceType "
        "Value:number"
    ),
    "MemoRef": "value:text id:text",
    "ModificationMetaData": (
        "CreateTime:moment CreatedByRef:ReferenceType LastChangedInQB:moment "
        "LastModifiedByRef:ReferenceType LastUpdatedTime:moment Synchronized:flag"
    ),
    "NameValue": "Name:text Value:text",
    "OtherPrefs": "NameValue:NameValue*",
    "Payment": (
        "domain:text sparse:flag status:EntityStatusEnum ARAccountRef:ReferenceType "
        "AttachableRef:AttachableRef* CheckPayment:CheckPayment CreditCardPayment:CreditCardPayment "
        "CurrencyRef:ReferenceType CustomField:CustomField* CustomerRef:ReferenceType "
        "DepartmentRef:ReferenceType DepositToAccountRef:ReferenceType DocNumber:text ExchangeRate:number "
        "HomeTotalCostAmount:number Id:id Line:Line* LinkedTxn:LinkedTxn* MetaData:ModificationMetaData "
        "PaymentEx:anything PaymentExtendedType:PaymentExtendedTypeEnum PaymentMethodRef:ReferenceType "
        "PaymentRefNum:text PaymentType:PaymentTypeEnum PrivateNote:text ProcessPayment:flag "
        "ProjectRef:ReferenceType RecurDataRef:ReferenceType RecurringInfo:RecurringInfo "
        "RemitToRef:ReferenceType SyncToken:text Tag:Tag* TaxFormNum:text TaxFormType:text TotalAmt:number "
        "TotalCostAmount:number TransactionLocationType:text TxnApprovalInfo:TxnApprovalInfo TxnDate:day "
        "TxnSource:text TxnStatus:text TxnSubType:TxnSubTypeEnum TxnTaxDetail:TxnTaxDetail "
        "UnappliedAmt:number"
    ),
    "PaymentLineDetail": (
        "Balance:number ClassRef:ReferenceType Discount:DiscountOverride HomeBalance:number "
        "ItemRef:ReferenceType PaymentLineEx:anything ServiceDate:day"
    ),
    "PaymentMethod": (
        "domain:text sparse:flag status:EntityStatusEnum Active:flag AttachableRef:AttachableRef* "
        "CustomField:CustomField* Id:id MetaData:ModificationMetaData Name:text PaymentMethodEx:anything "
        "SyncToken:text Type:text"
    ),
    "PhysicalAddress": (
        "City:text Country:text CountryCode:text CountrySubDivisionCode:text County:text Id:id Lat:text "
        "Line1:text Line2:text Line3:text Line4:text Line5:text Long:text Note:text PostalCode:text "
        "PostalCodeSuffix:text Tag:text"
    ),
    "Preferences": (
        "domain:text sparse:flag status:EntityStatusEnum AccountingInfoPrefs:CompanyAccountingPrefs "
        "AdvancedInventoryPrefs:AdvancedInventoryPrefs AttachableRef:AttachableRef* "
        "CurrencyPrefs:CurrencyPrefs CustomField:CustomField* EmailMessagesPrefs:EmailMessagesPrefs "
        "FinanceChargesPrefs:FinanceChargePrefs Id:id MetaData:ModificationMetaData OtherPrefs:OtherPrefs "
        "PrintDocumentPrefs:PrintDocumentPrefs ProductAndServicesPrefs:ProductAndServicesPrefs "
        "ReportPrefs:ReportPrefs SalesFormsPrefs:SalesFormsPrefs SyncToken:text TaxPrefs:TaxPrefs "
        "TimeTrackingPrefs:TimeTrackingPrefs VendorAndPurchasesPrefs:VendorAndPurchasesPrefs"
    ),
    "PrintDocumentPrefs": "NameValue:NameValue*",
    "ProductAndServicesPrefs": (
        "ForPurchase:flag ForSales:flag InventoryAndPurchaseOrder:flag QuantityOnHand:flag "
        "QuantityWithPriceAndRate:flag RevenueRecognition:flag RevenueRecognitionFrequency:text "
        "UOM:UOMFeatureTypeEnum"
    ),
    "Purchase": (
        "domain:text sparse:flag status:EntityStatusEnum AccountRef:ReferenceType "
        "AttachableRef:AttachableRef* CheckPayment:CheckPayment Credit:flag "
        "CreditCardPayment:CreditCardPayment CurrencyRef:ReferenceType CustomField:CustomField* "
        "DepartmentRef:ReferenceType DocNumber:text EntityRef:ReferenceType ExchangeRate:number "
        "GlobalTaxCalculation:GlobalTaxCalculationEnum HomeTotalCostAmount:number Id:id "
        "IncludeInAnnualTPAR:flag LessCIS:number Line:Line* LinkedTxn:LinkedTxn* Memo:text "
        "MetaData:ModificationMetaData PaymentMethodRef:ReferenceType PaymentRefNum:text "
        "PaymentType:PaymentTypeEnum PrintStatus:PrintStatusEnum PrivateNote:text ProjectRef:ReferenceType "
        "PurchaseEx:anything RecurDataRef:ReferenceType RecurringInfo:RecurringInfo "
        "RemitToAddr:PhysicalAddress SyncToken:text Tag:Tag* TaxFormNum:text TaxFormType:text "
        "TotalAmt:number TotalCostAmount:number TransactionLocationType:text "
        "TxnApprovalInfo:TxnApprovalInfo TxnDate:day TxnSource:text TxnStatus:text "
        "TxnSubType:TxnSubTypeEnum TxnTaxDetail:TxnTaxDetail"
    ),
    "PurchaseOrder": (
        "domain:text sparse:flag status:EntityStatusEnum APAccountRef:ReferenceType "
        "AttachableRef:AttachableRef* BillEmail:EmailAddress ClassRef:ReferenceType "
        "CurrencyRef:ReferenceType CustomField:CustomField* DepartmentRef:ReferenceType DocNumber:text "
        "DropShipToEntity:ReferenceType DueDate:day EmailStatus:EmailStatusEnum ExchangeRate:number "
        "ExpectedDate:day FOB:text GlobalTaxCalculation:GlobalTaxCalculationEnum "
        "HomeTotalCostAmount:number Id:id InventorySiteRef:ReferenceType Line:Line* LinkedTxn:LinkedTxn* "
        "ManuallyClosed:flag Memo:text MetaData:ModificationMetaData POEmail:EmailAddress "
        "POStatus:PurchaseOrderStatusEnum PrintStatus:PrintStatusEnum PrivateNote:text "
        "ProjectRef:ReferenceType PurchaseOrderEx:anything RecurDataRef:ReferenceType "
        "RecurringInfo:RecurringInfo ReimbursableInfoRef:ReferenceType ReplyEmail:EmailAddress "
        "SalesTermRef:ReferenceType ShipAddr:PhysicalAddress ShipMethodRef:ReferenceType "
        "ShipTo:ReferenceType SyncToken:text Tag:Tag* TaxCodeRef:ReferenceType TaxFormNum:text "
        "TaxFormType:text TemplateRef:ReferenceType TotalAmt:number TotalCostAmount:number "
        "TransactionLocationType:text TxnApprovalInfo:TxnApprovalInfo TxnDate:day TxnSource:text "
        "TxnStatus:text TxnSubType:TxnSubTypeEnum TxnTaxDetail:TxnTaxDetail VendorAddr:PhysicalAddress "
        "VendorRef:ReferenceType"
    ),
    "PurchaseOrderItemLineDetail": (
        "ClassRef:ReferenceType DeferredRevenue:flag DiscountAmt:number DiscountRate:number "
        "InventorySiteRef:ReferenceType ItemAccountRef:ReferenceType ItemRef:ReferenceType ManPartNum:text "
        "ManuallyClosed:flag MarkupInfo:MarkupInfo OpenQty:number PriceLevelRef:ReferenceType "
        "PurchaseOrderItemLineDetailEx:anything Qty:number RatePercent:number RetainageAmount:number "
        "SalesItemLineDetailEx:anything ServiceDate:day TaxClassificationRef:ReferenceType "
        "TaxCodeRef:ReferenceType TaxInclusiveAmt:number UOMRef:UOMRef UnitCostPrice:number "
        "UnitPrice:number"
    ),
    "RecurringInfo": "Active:flag Name:text RecurType:text ScheduleInfo:RecurringScheduleInfo",
    "RecurringScheduleInfo": (
        "DayOfMonth:whole DayOfWeek:WeekEnum DaysBefore:whole EndDate:day IntervalType:text "
        "MaxOccurrences:whole MonthOfYear:MonthEnum NextDate:day NumInterval:whole PreviousDate:day "
        "RemindDays:whole StartDate:day WeekOfMonth:whole"
    ),
    "RecurringTransaction": (
        "domain:text sparse:flag status:EntityStatusEnum AttachableRef:AttachableRef* "
        "CustomField:CustomField* Id:id MetaData:ModificationMetaData SyncToken:text"
    ),
    "ReferenceType": "value:text name:text type:text",
    "RefundReceipt": (
        "domain:text sparse:flag status:EntityStatusEnum ARAccountRef:ReferenceType "
        "ApplyTaxAfterDiscount:flag AttachableRef:AttachableRef* AutoDocNumber:flag Balance:number "
        "BillAddr:PhysicalAddress BillEmail:EmailAddress BillEmailBcc:EmailAddress "
        "BillEmailCc:EmailAddress CheckPayment:CheckPayment ClassRef:ReferenceType "
        "CreditCardPayment:CreditCardPayment CurrencyRef:ReferenceType CustomField:CustomField* "
        "CustomerMemo:MemoRef CustomerRef:ReferenceType DeliveryInfo:TransactionDeliveryInfo "
        "DepartmentRef:ReferenceType DepositToAccountRef:ReferenceType DiscountAmt:number "
        "DiscountRate:number DocNumber:text DueDate:day EmailStatus:EmailStatusEnum ExchangeRate:number "
        "FOB:text FinanceCharge:flag FreeFormAddress:flag GlobalTaxCalculation:GlobalTaxCalculationEnum "
        "GovtTxnRefIdentifier:text HomeBalance:number HomeTotalAmt:number HomeTotalCostAmount:number Id:id "
        "Line:Line* LinkedTxn:LinkedTxn* MetaData:ModificationMetaData PONumber:text "
        "PaymentMethodRef:ReferenceType PaymentRefNum:text PaymentType:PaymentTypeEnum "
        "PrintStatus:PrintStatusEnum PrivateNote:text ProjectRef:ReferenceType RecurDataRef:ReferenceType "
        "RecurringInfo:RecurringInfo RefundReceiptEx:anything RemainingCredit:number "
        "RemitToRef:ReferenceType SalesRepRef:ReferenceType SalesTermRef:ReferenceType "
        "ShipAddr:PhysicalAddress ShipDate:day ShipFromAddr:PhysicalAddress ShipMethodRef:ReferenceType "
        "ShippingTaxIncludedInTotalTax:flag SyncToken:text Tag:Tag* TaxExemptionRef:ReferenceType "
        "TaxFormNum:text TaxFormType:text TemplateRef:ReferenceType TotalAmt:number TotalCostAmount:number "
        "TrackingNum:text TransactionLocationType:text TxnApprovalInfo:TxnApprovalInfo TxnDate:day "
        "TxnSource:text TxnStatus:text TxnSubType:TxnSubTypeEnum TxnTaxDetail:TxnTaxDetail"
    ),
    "ReimburseCharge": (
        "domain:text sparse:flag status:EntityStatusEnum Amount:number AttachableRef:AttachableRef* "
        "CurrencyRef:ReferenceType CustomField:CustomField* CustomerRef:ReferenceType "
        "DepartmentRef:ReferenceType DocNumber:text ExchangeRate:number HasBeenInvoiced:flag "
        "HomeTotalAmt:number HomeTotalCostAmount:number Id:id Line:Line* LinkedTxn:LinkedTxn* "
        "MetaData:ModificationMetaData PrivateNote:text ProjectRef:ReferenceType "
        "RecurDataRef:ReferenceType RecurringInfo:RecurringInfo SyncToken:text Tag:Tag* TaxFormNum:text "
        "TaxFormType:text TotalCostAmount:number TransactionLocationType:text "
        "TxnApprovalInfo:TxnApprovalInfo TxnDate:day TxnSource:text TxnStatus:text "
        "TxnSubType:TxnSubTypeEnum TxnTaxDetail:TxnTaxDetail"
    ),
    "ReimburseLineDetail": (
        "ClassRef:ReferenceType InventorySiteRef:ReferenceType ItemAccountRef:ReferenceType "
        "ItemRef:ReferenceType MarkupInfo:MarkupInfo PriceLevelRef:ReferenceType Qty:number "
        "RatePercent:number TaxClassificationRef:ReferenceType TaxCodeRef:ReferenceType UOMRef:UOMRef "
        "UnitCostPrice:number UnitPrice:number"
    ),
    "ReportPrefs": "CalcAgingReportFromTxnDate:flag ReportBasis:ReportBasisEnum",
    "SalesFormsPrefs": (
        "AllowDeposit:flag AllowDiscount:flag AllowEstimates:flag AllowServiceDate:flag AllowShipping:flag "
        "AutoApplyCredit:flag AutoApplyPayments:flag CustomField:CustomFieldDefinition* "
        "CustomTxnNumbers:flag DefaultCustomerMessage:text DefaultDeliveryMethod:text "
        "DefaultDiscountAccount:text DefaultFOB:text DefaultItem:ReferenceType DefaultMarkup:number "
        "DefaultShipMethodRef:ReferenceType DefaultShippingAccount:text DefaultTerms:ReferenceType "
        "DelayedCharges:flag ETransactionAttachPDF:flag "
        "ETransactionEnabledStatus:ETransactionEnabledStatusEnum ETransactionPaymentEnabled:flag "
        "EmailCopyToCompany:flag EstimateMessage:text IPNSupportEnabled:flag InvoiceMessage:text "
        "PrintItemWithZeroAmount:flag SalesEmailBcc:EmailAddress SalesEmailCc:EmailAddress "
        "TrackReimbursableExpensesAsIncome:flag UsingPriceLevels:flag UsingProgressInvoicing:flag "
        "UsingSalesOrders:flag"
    ),
    "SalesItemLineDetail": (
        "ClassRef:ReferenceType DeferredRevenue:flag DiscountAmt:number DiscountRate:number "
        "InventorySiteRef:ReferenceType ItemAccountRef:ReferenceType ItemRef:ReferenceType "
        "MarkupInfo:MarkupInfo PriceLevelRef:ReferenceType Qty:number RatePercent:number "
        "RetainageAmount:number SalesItemLineDetailEx:anything ServiceDate:day "
        "TaxClassificationRef:ReferenceType TaxCodeRef:ReferenceType TaxInclusiveAmt:number UOMRef:UOMRef "
        "UnitCostPrice:number UnitPrice:number"
    ),
    "SalesOrderItemLineDetail": (
        "ClassRef:ReferenceType DeferredRevenue:flag DiscountAmt:number DiscountRate:number "
        "InventorySiteRef:ReferenceType ItemAccountRef:ReferenceType ItemRef:ReferenceType "
        "ManuallyClosed:flag MarkupInfo:MarkupInfo PriceLevelRef:ReferenceType Qty:number "
        "RatePercent:number RetainageAmount:number SalesItemLineDetailEx:anything ServiceDate:day "
        "TaxClassificationRef:ReferenceType TaxCodeRef:ReferenceType TaxInclusiveAmt:number UOMRef:UOMRef "
        "UnitCostPrice:number UnitPrice:number"
    ),
    "SalesReceipt": (
        "domain:text sparse:flag status:EntityStatusEnum ARAccountRef:ReferenceType "
        "ApplyTaxAfterDiscount:flag AttachableRef:AttachableRef* AutoDocNumber:flag Balance:number "
        "BillAddr:PhysicalAddress BillEmail:EmailAddress BillEmailBcc:EmailAddress "
        "BillEmailCc:EmailAddress CheckPayment:CheckPayment ClassRef:ReferenceType "
        "CreditCardPayment:CreditCardPayment CurrencyRef:ReferenceType CustomField:CustomField* "
        "CustomerMemo:MemoRef CustomerRef:ReferenceType DeliveryInfo:TransactionDeliveryInfo "
        "DepartmentRef:ReferenceType DepositToAccountRef:ReferenceType DiscountAmt:number "
        "DiscountRate:number DocNumber:text DueDate:day EmailStatus:EmailStatusEnum ExchangeRate:number "
        "FOB:text FinanceCharge:flag FreeFormAddress:flag GlobalTaxCalculation:GlobalTaxCalculationEnum "
        "GovtTxnRefIdentifier:text HomeBalance:number HomeTotalAmt:number HomeTotalCostAmount:number Id:id "
        "LessCIS:number Line:Line* LinkedTxn:LinkedTxn* MetaData:ModificationMetaData PONumber:text "
        "PaymentMethodRef:ReferenceType PaymentRefNum:text PaymentType:PaymentTypeEnum "
        "PrintStatus:PrintStatusEnum PrivateNote:text ProjectRef:ReferenceType RecurDataRef:ReferenceType "
        "RecurringInfo:RecurringInfo RemitToRef:ReferenceType SalesReceiptEx:anything "
        "SalesRepRef:ReferenceType SalesTermRef:ReferenceType ShipAddr:PhysicalAddress ShipDate:day "
        "ShipFromAddr:PhysicalAddress ShipMethodRef:ReferenceType ShippingTaxIncludedInTotalTax:flag "
        "SyncToken:text Tag:Tag* TaxExemptionRef:ReferenceType TaxFormNum:text TaxFormType:text "
        "TemplateRef:ReferenceType TotalAmt:number TotalCostAmount:number TrackingNum:text "
        "TransactionLocationType:text TxnApprovalInfo:TxnApprovalInfo TxnDate:day TxnSource:text "
        "TxnStatus:text TxnSubType:TxnSubTypeEnum TxnTaxDetail:TxnTaxDetail"
    ),
    "StatusInfo": "callToAction:text status:text statusDate:day",
    "SubTotalLineDetail": "ItemRef:ReferenceType ServiceDate:day",
    "SurchargePaymentMethodInfo": "Enabled:flag",
    "TDSLineDetail": "TDSAccountRef:ReferenceType TDSLineDetailEx:anything TDSSectionTypeId:whole",
    "Tag": (
        "domain:text sparse:flag status:EntityStatusEnum AttachableRef:AttachableRef* "
        "CustomField:CustomField* Id:id MetaData:ModificationMetaData Name:text SyncToken:text"
    ),
    "TaxAgency": (
        "domain:text sparse:flag status:EntityStatusEnum APAccountRef:ReferenceType AcctNum:text "
        "Active:flag AgencyVerificationStatus:AgencyVerificationStatus AgencyVerificationStatusMsg:text "
        "AgencyVerificationTSUTC:moment AltContactName:text AlternatePhone:TelephoneNumber "
        "AttachableRef:AttachableRef* Balance:number BillAddr:PhysicalAddress BillRate:number "
        "BusinessNumber:text CISRate:text CompanyName:text CompanyRegistrationNumber:text ContactName:text "
        "CostRate:number CreditLimit:number CurrencyRef:ReferenceType CustomField:CustomField* "
        "DefaultTaxCodeRef:ReferenceType DisplayName:text FamilyName:text Fax:TelephoneNumber "
        "FullyQualifiedName:text GSTIN:text GSTRegistrationType:text GivenName:text HasTPAR:flag Id:id "
        "IntuitId:text IsSubContractor:flag LastFileDate:day MetaData:ModificationMetaData MiddleName:text "
        "Mobile:TelephoneNumber Notes:text OpenBalanceDate:day Organization:flag "
        "OtherAddr:PhysicalAddress* OtherContactInfo:ContactInfo* ParentRef:ReferenceType "
        "PrefillAccountRef:ReferenceType PrimaryEmailAddr:EmailAddress PrimaryPhone:TelephoneNumber "
        "PrintOnCheckName:text ReportingPeriod:text SalesTaxCodeRef:ReferenceType SalesTaxCountry:text "
        "SalesTaxReturnRef:ReferenceType ShipAddr:PhysicalAddress Source:text SubcontractorType:text "
        "Suffix:text SyncToken:text T4AEligible:flag T5018Eligible:flag TDSEnabled:flag "
        "TDSEntityTypeId:whole TDSOverrideThreshold:flag TDSSectionTypeId:whole TaxAgencyConfig:text "
        "TaxAgencyExt:anything TaxCountry:text TaxIdEffectiveDate:day TaxIdentifier:text "
        "TaxOnPurchasesAccountRef:ReferenceType TaxOnTax:flag TaxRegistrationNumber:text "
        "TaxReportingBasis:text TaxTrackedOnPurchases:flag TaxTrackedOnSales:flag "
        "TaxTrackedOnSalesAccountRef:ReferenceType TermRef:ReferenceType Title:text UserId:text "
        "V4IDPseudonym:text Vendor1099:flag VendorEx:anything "
        "VendorPaymentBankDetail:VendorBankAccountDetail VendorTypeRef:ReferenceType "
        "WebAddr:WebSiteAddress"
    ),
    "TaxCode": (
        "domain:text sparse:flag status:EntityStatusEnum Active:flag AdjustmentTaxRateList:TaxRateList "
        "AttachableRef:AttachableRef* CustomField:CustomField* Description:text Hidden:flag Id:id "
        "MetaData:ModificationMetaData Name:text PurchaseTaxRateList:TaxRateList "
        "SalesTaxRateList:TaxRateList SyncToken:text TaxCodeConfigType:GTMConfigTypeEnum "
        "TaxCodeEx:anything TaxGroup:flag Taxable:flag"
    ),
    "TaxLineDetail": (
        "NetAmountTaxable:number OverrideDeltaAmount:number PercentBased:flag ServiceDate:day "
        "TaxInclusiveAmount:number TaxLineDetailEx:anything TaxPercent:number TaxRateRef:ReferenceType"
    ),
    "TaxPrefs": (
        "HideTaxManagement:flag NonTaxableSalesTaxCodeRef:ReferenceType PartnerTaxEnabled:flag "
        "PaySalesTax:PaySalesTaxEnum TaxGroupCodeRef:ReferenceType TaxRateRef:ReferenceType "
        "TaxableSalesTaxCodeRef:ReferenceType UsingSalesTax:flag"
    ),
    "TaxRate": (
        "domain:text sparse:flag status:EntityStatusEnum Active:flag AgencyRef:ReferenceType "
        "AttachableRef:AttachableRef* CustomField:CustomField* Description:text "
        "DisplayType:TaxRateDisplayTypeEnum EffectiveTaxRate:EffectiveTaxRate* Id:id "
        "MetaData:ModificationMetaData Name:text OriginalTaxRate:ReferenceType RateValue:number "
        "SpecialTaxType:SpecialTaxTypeEnum SyncToken:text TaxRateEx:anything "
        "TaxReturnLineRef:ReferenceType"
    ),
    "TaxRateDetail": (
        "TaxOnTaxOrder:whole TaxOrder:whole TaxRateRef:ReferenceType "
        "TaxTypeApplicable:TaxTypeApplicablityEnum"
    ),
    "TaxRateDetails": (
        "RateValue:number TaxAgencyId:text TaxApplicableOn:TaxRateApplicableOnEnum TaxRateId:text "
        "TaxRateName:text"
    ),
    "TaxRateList": "originatingGroupId:text TaxRateDetail:TaxRateDetail*",
    "TaxService": (
        "domain:text sparse:flag status:EntityStatusEnum AttachableRef:AttachableRef* "
        "CustomField:CustomField* Fault:Fault Id:id MetaData:ModificationMetaData SyncToken:text "
        "TaxCode:text TaxCodeId:text TaxRateDetails:TaxRateDetails*"
    ),
    "TelephoneNumber": (
        "AreaCode:text CountryCode:text Default:flag DeviceType:text ExchangeCode:text Extension:text "
        "FreeFormNumber:text Id:id Tag:text"
    ),
    "Term": (
        "domain:text sparse:flag status:EntityStatusEnum Active:flag AttachableRef:AttachableRef* "
        "CustomField:CustomField* DayOfMonthDue:whole DiscountDayOfMonth:whole DiscountDays:whole "
        "DiscountPercent:number DueDays:whole DueNextMonthDays:whole Id:id MetaData:ModificationMetaData "
        "Name:text SalesTermEx:anything SyncToken:text Type:text"
    ),
    "TimeActivity": (
        "domain:text sparse:flag status:EntityStatusEnum AttachableRef:AttachableRef* "
        "BillableStatus:BillableStatusEnum BreakHours:whole BreakMinutes:whole BreakSeconds:whole "
        "ClassRef:ReferenceType CostRate:number CustomField:CustomField* CustomerRef:ReferenceType "
        "DepartmentRef:ReferenceType Description:text EmployeeRef:ReferenceType EndTime:moment "
        "HourlyRate:number Hours:whole HoursInEmployeeTimeZone:flag Id:id ItemRef:ReferenceType "
        "MetaData:ModificationMetaData Minutes:whole NameOf:TimeActivityTypeEnum "
        "OtherNameRef:ReferenceType PayrollItemRef:ReferenceType ProjectRef:ReferenceType Seconds:whole "
        "StartTime:moment SyncToken:text Taxable:flag TimeActivityEx:anything TimeChargeId:whole "
        "TimeZone:text TxnDate:day VendorRef:ReferenceType"
    ),
    "TimeTrackingPrefs": (
        "BillCustomers:flag DefaultTimeItem:ReferenceType MarkExpensesAsBillable:flag "
        "MarkTimeEntriesBillable:flag ShowBillRateToAll:flag TimeTrackingEnabled:flag UseServices:flag "
        "WorkWeekStartDate:WeekEnum"
    ),
    "TransactionDeliveryInfo": "DeliveryErrorType:DeliveryErrorTypeEnum DeliveryTime:moment DeliveryType:DeliveryTypeEnum",
    "Transfer": (
        "domain:text sparse:flag status:EntityStatusEnum Amount:number AttachableRef:AttachableRef* "
        "ClassRef:ReferenceType CurrencyRef:ReferenceType CustomField:CustomField* "
        "DepartmentRef:ReferenceType DocNumber:text ExchangeRate:number FromAccountRef:ReferenceType "
        "HomeTotalCostAmount:number Id:id Line:Line* LinkedTxn:LinkedTxn* MetaData:ModificationMetaData "
        "PrivateNote:text ProjectRef:ReferenceType RecurDataRef:ReferenceType RecurringInfo:RecurringInfo "
        "SyncToken:text Tag:Tag* TaxFormNum:text TaxFormType:text ToAccountRef:ReferenceType "
        "TotalCostAmount:number TransactionLocationType:text TransferEx:anything "
        "TxnApprovalInfo:TxnApprovalInfo TxnDate:day TxnSource:text TxnStatus:text "
        "TxnSubType:TxnSubTypeEnum TxnTaxDetail:TxnTaxDetail"
    ),
    "TxnApprovalInfo": "ApprovalStatus:text ApprovalStatusDetail:text LastChangedByUser:text LastChangedDate:moment",
    "TxnRetainageDetail": "RetainageAmount:number RetainageOpenBalance:number",
    "TxnTaxDetail": (
        "DefaultTaxCodeRef:ReferenceType TaxLine:Line* TaxReviewStatus:TaxReviewStatusEnum TotalTax:number "
        "TxnTaxCodeRef:ReferenceType UseAutomatedSalesTax:flag"
    ),
    "UOMRef": "UOMSetRef:ReferenceType Unit:text",
    "Vendor": (
        "domain:text sparse:flag status:EntityStatusEnum APAccountRef:ReferenceType AcctNum:text "
        "Active:flag AgencyVerificationStatus:AgencyVerificationStatus AgencyVerificationStatusMsg:text "
        "AgencyVerificationTSUTC:moment AltContactName:text AlternatePhone:TelephoneNumber "
        "AttachableRef:AttachableRef* Balance:number BillAddr:PhysicalAddress BillRate:number "
        "BusinessNumber:text CISRate:text CompanyName:text CompanyRegistrationNumber:text ContactName:text "
        "CostRate:number CreditLimit:number CurrencyRef:ReferenceType CustomField:CustomField* "
        "DefaultTaxCodeRef:ReferenceType DisplayName:text FamilyName:text Fax:TelephoneNumber "
        "FullyQualifiedName:text GSTIN:text GSTRegistrationType:text GivenName:text HasTPAR:flag Id:id "
        "IntuitId:text IsSubContractor:flag MetaData:ModificationMetaData MiddleName:text "
        "Mobile:TelephoneNumber Notes:text OpenBalanceDate:day Organization:flag "
        "OtherAddr:PhysicalAddress* OtherContactInfo:ContactInfo* ParentRef:ReferenceType "
        "PrefillAccountRef:ReferenceType PrimaryEmailAddr:EmailAddress PrimaryPhone:TelephoneNumber "
        "PrintOnCheckName:text ShipAddr:PhysicalAddress Source:text SubcontractorType:text Suffix:text "
        "SyncToken:text T4AEligible:flag T5018Eligible:flag TDSEnabled:flag TDSEntityTypeId:whole "
        "TDSOverrideThreshold:flag TDSSectionTypeId:whole TaxCountry:text TaxIdEffectiveDate:day "
        "TaxIdentifier:text TaxReportingBasis:text TermRef:ReferenceType Title:text UserId:text "
        "V4IDPseudonym:text Vendor1099:flag VendorEx:anything "
        "VendorPaymentBankDetail:VendorBankAccountDetail VendorTypeRef:ReferenceType "
        "WebAddr:WebSiteAddress"
    ),
    "VendorAndPurchasesPrefs": (
        "AutomaticBillPayment:flag BillableExpenseTracking:flag DaysBillsAreDue:whole DefaultMarkup:number "
        "DefaultMarkupAccount:ReferenceType DefaultTerms:ReferenceType DiscountAccountRef:ReferenceType "
        "EnableBills:flag MsgToVendors:text POCustomField:CustomFieldDefinition* TPAREnabled:flag "
        "TrackingByCustomer:flag UsingInventory:flag UsingMultiLocationInventory:flag"
    ),
    "VendorBankAccountDetail": "BankAccountName:text BankAccountNumber:text BankBranchIdentifier:text StatementText:text",
    "VendorCredit": (
        "domain:text sparse:flag status:EntityStatusEnum APAccountRef:ReferenceType "
        "AttachableRef:AttachableRef* Balance:number BillEmail:EmailAddress CurrencyRef:ReferenceType "
        "CustomField:CustomField* DepartmentRef:ReferenceType DocNumber:text ExchangeRate:number "
        "GlobalTaxCalculation:GlobalTaxCalculationEnum HomeTotalCostAmount:number Id:id "
        "IncludeInAnnualTPAR:flag Line:Line* LinkedTxn:LinkedTxn* Memo:text MetaData:ModificationMetaData "
        "PrivateNote:text ProjectRef:ReferenceType RecurDataRef:ReferenceType RecurringInfo:RecurringInfo "
        "ReplyEmail:EmailAddress SyncToken:text Tag:Tag* TaxFormNum:text TaxFormType:text TotalAmt:number "
        "TotalCostAmount:number TransactionLocationType:text TxnApprovalInfo:TxnApprovalInfo TxnDate:day "
        "TxnSource:text TxnStatus:text TxnSubType:TxnSubTypeEnum TxnTaxDetail:TxnTaxDetail "
        "VendorAddr:PhysicalAddress VendorCreditEx:anything VendorRef:ReferenceType"
    ),
    "WebSiteAddress": "Default:flag Id:id Tag:text URI:text",
}
